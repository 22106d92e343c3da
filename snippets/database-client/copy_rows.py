import sys
from pathlib import Path

# Write the names of your own module and of its objects.
from app import app, db
from sqlalchemy import create_engine, func, insert, select

file = Path(sys.argv[1])
if not file.is_file():
    sys.exit(f"There is no file {file}: nothing was copied")

sqlite = create_engine(f"sqlite:///{file}")
# One transaction for all tables: if PostgreSQL refuses a row, it keeps none.
with app.app_context(), sqlite.connect() as old, db.engine.begin() as new:
    for table in db.metadata.sorted_tables:
        if new.scalar(select(func.count()).select_from(table)):
            sys.exit(f"The table {table.name} has rows: nothing was copied")
        rows = [row._asdict() for row in old.execute(select(table))]
        if rows:
            new.execute(insert(table), rows)
        number = table.autoincrement_column
        if number is not None:
            # The next new row gets the number after the highest.
            name = f'"{table.name}"'
            counter = func.pg_get_serial_sequence(name, number.name)
            highest = select(func.max(number)).scalar_subquery()
            new.execute(select(func.setval(counter, highest)))
        print(f"{table.name}: {len(rows)}")
