brew install python git
brew install heroku/brew/heroku
