make practice
