make practice UNDER=$HOME/tries AT_END=delete
