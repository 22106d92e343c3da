# part: start
import os
import uuid

import boto3
from botocore.config import Config
from flask import Flask, redirect, render_template, request, session, url_for
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.utils import secure_filename

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
# Flask answers 413 to a request that is larger.
app.config["MAX_CONTENT_LENGTH"] = 5 * 1024 * 1024

BUCKET = os.environ["S3_BUCKET"]
# Stores other than Amazon S3 need this signature, and some refuse checksums.
how = {
    "signature_version": "s3v4",
    "request_checksum_calculation": "when_required",
}
# boto3 finds the other config vars by itself.
s3 = boto3.client("s3", config=Config(**how))
# end: start

url = os.environ["DATABASE_URL"]
url = url.replace("postgres://", "postgresql+psycopg://")
app.config["SQLALCHEMY_DATABASE_URI"] = url


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(app, model_class=Base)
migrate = Migrate(app, db)


@app.get("/")
def index():
    return "Hello"


# part: table
class Upload(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    name: Mapped[str]


def save(key, name):
    upload = Upload(key=key, name=name)
    db.session.add(upload)
    db.session.commit()
    return redirect(url_for("show", number=upload.id), code=303)


# end: table


# part: upload
@app.post("/uploads")
def upload():
    file = request.files["file"]
    # Give each file a key of its own: two visitors may send a photo.jpg.
    key = f"uploads/{uuid.uuid4()}"
    s3.put_object(Bucket=BUCKET, Key=key, Body=file.stream)
    return save(key, secure_filename(file.filename) or "file")


# end: upload


# part: show
@app.get("/uploads/<int:number>")
def show(number):
    upload = db.get_or_404(Upload, number)
    # Here, ask whether this visitor may see the file.
    file = {
        "Bucket": BUCKET,
        "Key": upload.key,
        "ResponseContentDisposition": f'attachment; filename="{upload.name}"',
    }
    return redirect(s3.generate_presigned_url("get_object", file, 60))


# end: show


# part: direct
@app.get("/uploads/new")
def new():
    # The store sends the visitor back to this address.
    fields = {"success_action_redirect": url_for("uploaded", _external=True)}
    rules = [fields, ["content-length-range", 1, 100 * 1024 * 1024]]
    key = session["key"] = f"uploads/{uuid.uuid4()}"
    form = s3.generate_presigned_post(BUCKET, key, fields, rules, 600)
    return render_template("upload.html", form=form)


@app.get("/uploads/done")
def uploaded():
    # Take the key from the session: in the address, a visitor could write the key of another.
    key = session.pop("key")
    s3.head_object(Bucket=BUCKET, Key=key)
    return save(key, "file")


# end: direct
