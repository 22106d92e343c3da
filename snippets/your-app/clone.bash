git clone https://github.com/YOU/REPOSITORY.git
cd REPOSITORY
