curl --request POST http://localhost:5006/orders/42
