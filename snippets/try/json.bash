make try APP=../my-app FORMAT=json
