curl --header "X-Forwarded-For: 10.0.0.1" https://www.example.com/me
