heroku authorizations:create --description "GitHub Actions"
