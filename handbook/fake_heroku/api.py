"""The Platform API as the CLI calls it: a Flask app with a route for each call that the pages' commands make.

The response to any other call is an error that names it; Account.unknown_calls records it. Source of the routes:
Heroku's Platform API reference, https://devcenter.heroku.com/articles/platform-api-reference; each docstring is the
name of the call there. A route from another source names that source.
"""

import traceback
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from handbook.fake_heroku import app_log
from handbook.fake_heroku.addons import ADDON_MODULES
from handbook.fake_heroku.app import (
    BUILDPACKS_URL,
    OWNER,
    App,
    InvalidParams,
    NotFound,
    find_addon,
    find_numbered,
    timestamp,
)
from handbook.fake_heroku.process import QuietHandler, ThreadServer
from handbook.fake_heroku.several_buildpacks import KNOWN_BUILDPACKS

if TYPE_CHECKING:
    from handbook.fake_heroku.account import Account

calls = Blueprint("calls", __name__)


class Api(ThreadServer, ThreadedWSGIServer):
    """The API of an account, alive inside a `with` block. Source: Platform API reference, "Overview"."""

    def __init__(self, account: "Account"):
        api = Flask(__name__)
        api.config["ACCOUNT"] = account
        api.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's default provider has it
        api.register_blueprint(calls)
        super().__init__("127.0.0.1", 0, api, ApiRequestHandler)
        self.url = f"http://127.0.0.1:{self.port}"


class ApiRequestHandler(QuietHandler, WSGIRequestHandler):
    """Passes requests to Flask."""


def current_account() -> "Account":
    return current_app.config["ACCOUNT"]


def request_data() -> dict:
    """Return the JSON body of the request, {} without one."""
    return request.get_json(force=True, silent=True) or {}


@calls.url_value_preprocessor
def find_app(_endpoint: str | None, values: dict | None) -> None:
    """Replace the app's name in the URL by its App, for each route. Raises NotFound."""
    if values and "app" in values:
        values["app"] = current_account().find(values["app"])


# Error responses. Source: "Error Responses".


@calls.app_errorhandler(NotFound)
def handle_not_found(error: NotFound) -> ResponseReturnValue:
    return {"id": "not_found", "message": str(error)}, 404


@calls.app_errorhandler(InvalidParams)
def handle_invalid_params(error: InvalidParams) -> ResponseReturnValue:
    return {"id": "invalid_params", "message": str(error)}, 422


@calls.app_errorhandler(HTTPException)
def handle_unknown_call(_error: HTTPException) -> ResponseReturnValue:
    """Record a call without a route, and name it in the response. handbook/practice sets the header X-Command."""
    call = f"{request.method} {request.environ['RAW_URI']}"
    current_account().unknown_calls.append(call)
    return {"id": "not_found", "message": current_account().explain(call, request.headers.get("X-Command", ""))}, 404


@calls.app_errorhandler(Exception)
def handle_exception(error: Exception) -> ResponseReturnValue:
    """Respond to an exception in the imitation itself; the fixture `heroku` then fails with its traceback."""
    current_account().tracebacks.append(traceback.format_exc())
    return {"id": "fault", "message": f"a fault of the imitation: {error!r}"}, 500


# The account and its apps


@calls.get("/account")
def account_info() -> ResponseReturnValue:
    """Account Info"""
    return OWNER


@calls.post("/oauth/authorizations")
def authorization_create() -> ResponseReturnValue:
    """OAuth Authorization Create"""
    token = {"token": current_account().authorize()}
    return {"id": "a-token", "scope": ["global"], "access_token": token} | request_data()


@calls.get("/users/~/apps")
def app_list() -> ResponseReturnValue:
    """App List Owned and Collaborated"""
    return [app.info() for app in current_account().apps.values()]


@calls.post("/apps")
def app_create() -> ResponseReturnValue:
    """App Create"""
    return current_account().create(request_data().get("name") or "").info()


@calls.get("/apps/<app>")
def app_info(app: App) -> ResponseReturnValue:
    """App Info"""
    return app.info()


@calls.delete("/apps/<app>")
def app_delete(app: App) -> ResponseReturnValue:
    """App Delete"""
    current_account().destroy(app)
    return app.info()


@calls.post("/apps/<app>/acm")
def app_enable_acm(app: App) -> ResponseReturnValue:
    """App Enable ACM"""
    app.acm_enabled = True
    return app.info()


@calls.get("/apps/<app>/features/<name>")
def feature_info(app: App, name: str) -> ResponseReturnValue:
    """App Feature Info"""
    return {"name": name, "enabled": name in app.features}


@calls.patch("/apps/<app>/features/<name>")
def feature_update(app: App, name: str) -> ResponseReturnValue:
    """App Feature Update"""
    (app.features.add if request_data()["enabled"] else app.features.discard)(name)
    return feature_info(app, name)


@calls.get("/apps/<app>/config-vars")
def config_vars_info(app: App) -> ResponseReturnValue:
    """Config Vars Info for App"""
    return app.config


@calls.patch("/apps/<app>/config-vars")
def config_vars_update(app: App) -> ResponseReturnValue:
    """Config Vars Update"""
    app.set_config(request_data())
    return app.config


@calls.get("/apps/<app>/domains")
def domain_list(app: App) -> ResponseReturnValue:
    """Domain List"""
    own = {"hostname": f"{app.name}-0123456789ab.herokuapp.com", "kind": "heroku", "cname": None, "status": "none"}
    return [own, *app.domains]


@calls.post("/apps/<app>/domains")
def domain_create(app: App) -> ResponseReturnValue:
    """Domain Create"""
    return app.add_domain(request_data()["hostname"])


@calls.get("/apps/<app>/pipeline-couplings")
def pipeline_coupling_info(app: App) -> ResponseReturnValue:
    """Pipeline Coupling Info by App"""
    raise NotFound("The app is in no pipeline.")


@calls.get("/apps/<app>/sni-endpoints")
@calls.get("/apps/<app>/collaborators")
@calls.get("/apps/<app>/addon-attachments")
@calls.get("/addon-attachments")
def none_list(app: App | None = None) -> ResponseReturnValue:
    """SNI Endpoint List, Collaborator List, Add-on Attachment List, the last by App too: there are none to show."""
    return []


# Releases, dynos, logs


@calls.post("/apps/<app>/pushes")
def push(app: App) -> ResponseReturnValue:
    """Build and release a push; only the hook of git_remote.py makes this call, not the CLI."""
    return app.push(Path(request_data()["folder"]), request_data()["commit"])


@calls.get("/apps/<app>/releases")
def release_list(app: App) -> ResponseReturnValue:
    """Release List"""
    return app.releases[::-1]


@calls.get("/apps/<app>/releases/<int:number>")
def release_info(app: App, number: int) -> ResponseReturnValue:
    """Release Info"""
    return app.find_release(number)


@calls.post("/apps/<app>/releases")
def release_rollback(app: App) -> ResponseReturnValue:
    """Release Rollback"""
    return app.roll_back(int(request_data()["release"]))


@calls.patch("/apps/<app>/formation")
def formation_batch_update(app: App) -> ResponseReturnValue:
    """Formation Batch Update"""
    app.scale({update["type"]: int(update["quantity"]) for update in request_data()["updates"]})
    return formation_list(app)


@calls.get("/apps/<app>/formation")
def formation_list(app: App) -> ResponseReturnValue:
    """Formation List"""
    return [{"type": name, "quantity": quantity, "size": "Basic"} for name, quantity in app.formation.items()]


@calls.get("/apps/<app>/dynos")
def dyno_list(app: App) -> ResponseReturnValue:
    """Dyno List"""
    return [
        {
            "name": f"{process}.1",
            "type": process,
            "command": dyno.shell_command,
            "size": "Basic",
            "state": "crashed" if dyno.is_gone() else "up",
            "updated_at": timestamp(),
        }
        for process, dyno in list(app.dynos.items())
    ]


@calls.post("/apps/<app>/dynos")
def dyno_create(app: App) -> ResponseReturnValue:
    """Dyno Create"""
    if request_data().get("attach") is False:
        raise InvalidParams("The imitation has no detached one-off dyno: use heroku run without :detached.")
    return app.create_one_off_dyno(request_data()["command"], request_data().get("env") or {})


@calls.delete("/apps/<app>/dynos")
def dyno_restart_all(app: App) -> ResponseReturnValue:
    """Dyno Restart All"""
    for process in list(app.dynos):
        app.restart(process)
    return {}, 202


@calls.post("/apps/<app>/log-sessions")
def log_session_create(app: App) -> ResponseReturnValue:
    """Log Session Create"""
    wanted = {name: request_data()[name] for name in ("source", "dyno", "lines", "tail") if request_data().get(name)}
    return {"logplex_url": f"{current_account().url}/apps/{app.name}/log?{urlencode(wanted)}"}


@calls.get("/apps/<app>/log")
def log(app: App) -> ResponseReturnValue:
    """Stream the log at the URL of a log session, as the events that the CLI reads."""
    filters = request.args.to_dict()
    lines, stop = int(filters.pop("lines", 0)), current_account().is_closing if filters.pop("tail", "") else None
    return Response(app_log.stream(lambda: app.read_logs(**filters), lines, stop), mimetype="text/event-stream")


# Add-ons, and the data service behind some of them


@calls.get("/addon-services/<service>/plans")
def plan_list(service: str) -> ResponseReturnValue:
    """Plan List by Add-on"""
    if service not in ADDON_MODULES:
        raise NotFound(f"The imitation has no plans of an add-on {service}: it knows {', '.join(ADDON_MODULES)}.")
    price = {"cents": 100, "unit": "month", "contract": False, "metered": False}
    return [{"name": f"{service}:a-plan", "human_name": "A plan", "default": True, "price": price}]


@calls.get("/apps/<app>/addons")
def addon_list(app: App) -> ResponseReturnValue:
    """Add-on List by App"""
    return app.addons


@calls.post("/apps/<app>/addons")
def addon_create(app: App) -> ResponseReturnValue:
    """Add-on Create"""
    return app.add_addon(request_data()["plan"]["name"])


@calls.delete("/apps/<app>/addons/<identifier>")
def addon_delete(app: App, identifier: str) -> ResponseReturnValue:
    """Add-on Delete"""
    return app.remove_addon(identifier)


@calls.post("/actions/addons/resolve")
def addon_resolution() -> ResponseReturnValue:
    """Add-on Resolution"""
    addons = current_account().list_addons(request_data().get("app"))
    return [addon for addon in addons if request_data()["addon"] in (addon["name"], addon["addon_service"]["name"])]


@calls.post("/actions/addon-attachments/resolve")
def attachment_resolution() -> ResponseReturnValue:
    """Add-on Attachment Resolution"""
    return [
        {"name": "DATABASE", "app": addon["app"], "addon": addon, "config_vars": addon["config_vars"]}
        for addon in current_account().list_addons(request_data().get("app"))
        if request_data()["addon_attachment"] in addon["config_vars"]
    ]


@calls.get("/client/v11/databases/<identifier>")
def database_info(identifier: str) -> ResponseReturnValue:
    """Respond to `heroku pg:backups`. Source of this route and the next four: the CLI's commands/pg/backups."""
    return {"info": []}


@calls.post("/client/v11/databases/<identifier>/backups")
def backup_create(identifier: str) -> ResponseReturnValue:
    addon = find_addon(current_account().list_addons(), identifier)
    app = current_account().find(addon["app"]["name"])
    return app.backups.capture(app.config["DATABASE_URL"], "DATABASE")


@calls.get("/client/v11/apps/<app>/transfers")
def transfer_list(app: App) -> ResponseReturnValue:
    return app.backups.copies


@calls.get("/client/v11/apps/<app>/transfers/<int:number>")
def transfer_info(app: App, number: int) -> ResponseReturnValue:
    return find_numbered(app.backups.copies, number, "backup")


@calls.post("/client/v11/apps/<app>/transfers/<int:number>/actions/public-url")
def transfer_url(app: App, number: int) -> ResponseReturnValue:
    return app.backups.url(find_numbered(app.backups.copies, number, "backup")["num"])


# Buildpacks


@calls.get("/apps/<app>/buildpack-installations")
def buildpack_list(app: App) -> ResponseReturnValue:
    """Buildpack Installation List"""
    return [{"ordinal": ordinal, "buildpack": buildpack} for ordinal, buildpack in enumerate(app.list_buildpacks())]


@calls.put("/apps/<app>/buildpack-installations")
def buildpack_update(app: App) -> ResponseReturnValue:
    """Buildpack Installation Update"""
    app.buildpacks = [update["buildpack"] for update in request_data()["updates"]]
    return buildpack_list(app)


@calls.get("/buildpacks/<namespace>/<name>")
def buildpack_info(namespace: str, name: str) -> ResponseReturnValue:
    """Respond as the buildpack registry. Source: the CLI's lib/buildpacks/buildpacks.js."""
    if f"{namespace}/{name}" not in KNOWN_BUILDPACKS:
        raise NotFound(f"{namespace}/{name}")
    return {"name": name, "namespace": namespace, "blob_url": f"{BUILDPACKS_URL}/{namespace}/{name}.tgz"}
