heroku config:set RQ_WORKER_CLASS=rq.worker.HerokuWorker
