"""The bank's way in: SNAP BI, Bank Indonesia's open payment interface, with us as the biller.

Pure protocol (ASPI "Standar Teknis dan Keamanan" v1.0.2): services 73 token, 24 inquiry, 25 payment, 26 status.
A view follows this order, and the first failure answers as a `SnapError`:

1. `messages.read_*(headers, body)`: JSON (400/00), mandatory headers and fields (400/02), formats (400/01);
2. the token (401/01, none 401/03), then `headers.check_clock` and the signature (both 401/00);
3. X-PARTNER-ID belongs to the token's partner (401/00 or 404/16);
4. (partner, paymentRequestId) known with the same number and amount: repeat the stored answer;
5. X-EXTERNAL-ID used today by this partner for another request (409/00);
6. the business: `codes.Code` 404/12, 13, 14, 19. Never 404/18: for a payment, banks read it as success.
"""
