heroku config:set S3_BUCKET=YOUR_BUCKET AWS_DEFAULT_REGION=eu-west-1
heroku config:set AWS_ENDPOINT_URL_S3=https://s3.eu-west-1.amazonaws.com
heroku config:set AWS_ACCESS_KEY_ID=YOUR_ID AWS_SECRET_ACCESS_KEY=YOUR_KEY
