mkdir -p ~/tries
make practice UNDER=~/tries AT_END=delete
