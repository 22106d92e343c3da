git rm runtime.txt
