heroku domains:add www.example.com
