make try APP=../my-app CONFIG=../my-app.env
