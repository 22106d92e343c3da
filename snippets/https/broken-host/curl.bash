curl --header "X-Forwarded-Host: evil.example" https://www.example.com/me
