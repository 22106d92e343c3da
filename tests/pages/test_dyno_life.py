"""docs/explanation/dyno-life.md: its claims about the end of a dyno; the linked guides' tests prove the others."""


def test_an_app_is_not_told_of_h12_and_goes_on_working(dyno):
    with dyno("gunicorn", slow=True).running() as web:
        web.router.response_timeout = 1
        assert web.get("/slow/300.0").status_code == 503
        assert 'code=H12 desc="Request timeout"' in web.router.log[-1]
        assert web.wait_for_requests(1), web.request_events()
        assert '"GET /slow/300.0' not in web.log
        web.finish_requests()
        assert web.wait_for_log('"GET /slow/300.0 HTTP/1.1" 200'), web.log
