curl --head --location http://www.example.com
