git ls-tree -r --name-only HEAD
