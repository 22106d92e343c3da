import time


def send_receipt(number):
    print(f"Receipt {number}: begun")
    time.sleep(5)  # in place of slow work
    print(f"Receipt {number}: sent")
    return f"receipt-{number}.pdf"
