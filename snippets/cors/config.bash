heroku config:set ALLOWED_ORIGINS=https://www.example.com,https://shop.example.com
