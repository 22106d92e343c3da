git mv --force procfile Procfile
