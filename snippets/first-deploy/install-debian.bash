sudo apt update
sudo apt install python3-venv git curl
curl https://cli-assets.heroku.com/install-ubuntu.sh | sh
