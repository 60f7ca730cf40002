"""Each answer a bank can get before the database is asked, and the values echoed back to it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jkn.payments.snap import answers, messages
from jkn.payments.snap.codes import Code, Service, SnapError
from jkn.payments.snap.headers import check_clock
from jkn.payments.snap.values import Amount, format_amount, format_moment, load_json, parse_amount, parse_moment

NOW = datetime(2026, 1, 15, 3, 30, tzinfo=UTC)
HEADERS = {
    "Content-Type": "application/json",
    "Authorization": "Bearer abc.def",
    "X-TIMESTAMP": "2026-01-15T10:30:00+07:00",
    "X-SIGNATURE": "c2lnbmF0dXJl",
    "X-PARTNER-ID": "88888",
    "X-EXTERNAL-ID": "41807553358950093184162180797837",
    "CHANNEL-ID": "95221",
}
TOKEN_HEADERS = {
    "Content-Type": "application/json",
    "X-TIMESTAMP": "2026-01-15T10:30:00+07:00",
    "X-CLIENT-KEY": "962489e9-de5d-4eb7-92a4-b07d44d64bf4",
    "X-SIGNATURE": "c2lnbmF0dXJl",
}
ACCOUNT = {
    "partnerServiceId": "   88888",
    "customerNo": "01944358911",
    "virtualAccountNo": "   8888801944358911",
}
INQUIRY = {**ACCOUNT, "inquiryRequestId": "202601150000001"}
PAYMENT = {
    **ACCOUNT,
    "paymentRequestId": "202601150000001",
    "paidAmount": {"value": "150000.00", "currency": "IDR"},
    "trxDateTime": "2026-01-15T10:30:00+07:00",
    "referenceNo": "98765",
    "flagAdvise": "N",
}
STATUS = {**ACCOUNT, "paymentRequestId": "202601150000001"}
TOKEN = {"grantType": "client_credentials", "additionalInfo": {}}
READ = {
    Service.TOKEN: (messages.read_token_request, TOKEN_HEADERS, TOKEN),
    Service.INQUIRY: (messages.read_inquiry, HEADERS, INQUIRY),
    Service.PAYMENT: (messages.read_payment, HEADERS, PAYMENT),
    Service.STATUS: (messages.read_status, HEADERS, STATUS),
}


def ask(service, headers=None, raw=None, **fields):
    """Reads the good request with some headers and fields changed; None leaves one out."""
    read, good_headers, good_body = READ[service]
    head = {name: value for name, value in {**good_headers, **(headers or {})}.items() if value is not None}
    body = {name: value for name, value in {**good_body, **fields}.items() if value is not None}
    return read(head, json.dumps(body).encode() if raw is None else raw)


def refusal(service, **changes):
    with pytest.raises(SnapError) as caught:
        ask(service, **changes)
    return caught.value.response_code, caught.value.message


def http_status(read, headers, raw):
    try:
        read(headers, raw)
    except SnapError as error:
        return error.http_status
    return 200


def test_a_good_request_of_each_service_is_read():
    assert ask(Service.TOKEN).client_id == TOKEN_HEADERS["X-CLIENT-KEY"]
    head, inquiry = ask(Service.INQUIRY)
    assert (head.token, head.partner_id, head.sent_at) == ("abc.def", "88888", NOW)
    assert (inquiry.account.number, inquiry.request_id, inquiry.months) == ("8888801944358911", "202601150000001", 1)
    _, payment = ask(Service.PAYMENT)
    assert (payment.rupiah(), payment.paid_at, payment.reference, payment.is_retry) == (150_000, NOW, "98765", False)
    _, status = ask(Service.STATUS)
    assert (status.payment_request_id, status.inquiry_request_id) == ("202601150000001", "")


@pytest.mark.parametrize("service", READ)
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'{"a":1,"a":1}',
        b'{"additionalInfo":{"a":1,"a":2}}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b"\xef\xbb\xbf{}",
        '{"a":1}'.encode("utf-16"),
        b"[" * 60_000,
        b'{"a":' + b"9" * 5_000 + b"}",
        b'{"a":"' + b"x" * 65_536 + b'"}',
    ],
    ids=lambda raw: repr(raw[:12]),
)
def test_400_00_what_is_not_one_json_object(service, raw):
    assert refusal(service, raw=raw) == (f"400{service}00", "Bad Request")


@pytest.mark.parametrize(
    "service, name", [(service, name) for service, (_, headers, _) in READ.items() for name in headers]
)
def test_400_02_missing_headers(service, name):
    if name == "Authorization":
        assert ask(service, headers={name: None})[0].token == ""  # the variant signed with RSA has none
    else:
        for absent in (None, "", "  "):
            assert refusal(service, headers={name: absent}) == (f"400{service}02", f"Invalid Mandatory Field {name}")


@pytest.mark.parametrize(
    "service, name",
    [
        (Service.TOKEN, "grantType"),
        *((service, name) for service in (Service.INQUIRY, Service.PAYMENT, Service.STATUS) for name in ACCOUNT),
        (Service.INQUIRY, "inquiryRequestId"),
        (Service.PAYMENT, "paymentRequestId"),
        (Service.PAYMENT, "paidAmount"),
    ],
)
def test_400_02_missing_fields(service, name):
    for absent in (None, "", " "):
        assert refusal(service, **{name: absent}) == (f"400{service}02", f"Invalid Mandatory Field {name}")


def test_400_02_inside_an_amount_and_for_a_status_without_any_id():
    assert refusal(Service.PAYMENT, paidAmount={"currency": "IDR"})[1] == "Invalid Mandatory Field paidAmount.value"
    assert refusal(Service.PAYMENT, paidAmount={"value": "1.00"})[1] == "Invalid Mandatory Field paidAmount.currency"
    assert refusal(Service.STATUS, paymentRequestId=None)[1] == "Invalid Mandatory Field inquiryRequestId"


@pytest.mark.parametrize(
    "service, headers, fields, name",
    [
        (Service.TOKEN, {}, {"grantType": "password"}, "grantType"),
        (Service.TOKEN, {"X-CLIENT-KEY": "a b"}, {}, "X-CLIENT-KEY"),
        (Service.TOKEN, {"Content-Type": "text/plain"}, {}, "Content-Type"),
        (Service.INQUIRY, {"X-TIMESTAMP": "2026-01-15T10:30:00"}, {}, "X-TIMESTAMP"),
        (Service.INQUIRY, {"X-TIMESTAMP": "yesterday"}, {}, "X-TIMESTAMP"),
        (Service.INQUIRY, {"Authorization": "Basic abc"}, {}, "Authorization"),
        (Service.INQUIRY, {"X-PARTNER-ID": "9" * 37}, {}, "X-PARTNER-ID"),
        (Service.INQUIRY, {"X-EXTERNAL-ID": "9" * 65}, {}, "X-EXTERNAL-ID"),
        (Service.INQUIRY, {"CHANNEL-ID": "952211"}, {}, "CHANNEL-ID"),
        (Service.INQUIRY, {}, {"partnerServiceId": "8888A"}, "partnerServiceId"),
        (Service.INQUIRY, {}, {"partnerServiceId": {}}, "partnerServiceId"),
        (Service.INQUIRY, {}, {"partnerServiceId": "    88888"}, "partnerServiceId"),
        (Service.INQUIRY, {}, {"customerNo": "0194435891１"}, "customerNo"),
        (Service.INQUIRY, {}, {"customerNo": True}, "customerNo"),
        (Service.INQUIRY, {}, {"virtualAccountNo": "   8888801944358912"}, "virtualAccountNo"),
        (Service.INQUIRY, {}, {"virtualAccountNo": "   88888 01944358911"}, "virtualAccountNo"),
        (Service.INQUIRY, {}, {"inquiryRequestId": "9" * 129}, "inquiryRequestId"),
        (Service.INQUIRY, {}, {"inquiryRequestId": "1\x002"}, "inquiryRequestId"),
        (Service.INQUIRY, {}, {"trxDateInit": "15/01/2026"}, "trxDateInit"),
        (Service.INQUIRY, {}, {"channelCode": 60110}, "channelCode"),
        (Service.INQUIRY, {}, {"additionalInfo": []}, "additionalInfo"),
        (Service.INQUIRY, {}, {"additionalInfo": {"months": 13}}, "additionalInfo.months"),
        (Service.INQUIRY, {}, {"additionalInfo": {"months": 0}}, "additionalInfo.months"),
        (Service.INQUIRY, {}, {"additionalInfo": {"months": 1.5}}, "additionalInfo.months"),
        (Service.PAYMENT, {}, {"paidAmount": "150000.00"}, "paidAmount"),
        (Service.PAYMENT, {}, {"paidAmount": {"value": 150000, "currency": "IDR"}}, "paidAmount.value"),
        (Service.PAYMENT, {}, {"paidAmount": {"value": "150000", "currency": "IDR"}}, "paidAmount.value"),
        (Service.PAYMENT, {}, {"paidAmount": {"value": "-150000.00", "currency": "IDR"}}, "paidAmount.value"),
        (Service.PAYMENT, {}, {"paidAmount": {"value": "1.00", "currency": "USD"}}, "paidAmount.currency"),
        (Service.PAYMENT, {}, {"trxDateTime": "2026-13-01T00:00:00+07:00"}, "trxDateTime"),
        (Service.PAYMENT, {}, {"flagAdvise": "X"}, "flagAdvise"),
        (Service.PAYMENT, {}, {"billDetails": [{}] * 25}, "billDetails"),
        (Service.PAYMENT, {}, {"referenceNo": ["1"]}, "referenceNo"),
        (Service.STATUS, {}, {"paymentRequestId": "9" * 129}, "paymentRequestId"),
    ],
)
def test_400_01_formats(service, headers, fields, name):
    assert refusal(service, headers=headers, **fields) == (f"400{service}01", f"Invalid Field Format {name}")


def test_what_is_missing_comes_before_what_is_malformed():
    wrong = {"X-TIMESTAMP": "yesterday"}
    assert refusal(Service.INQUIRY, headers=wrong, inquiryRequestId=None)[0] == "4002402"
    assert refusal(Service.INQUIRY, headers={"CHANNEL-ID": None}, customerNo="x")[0] == "4002402"
    assert refusal(Service.INQUIRY, headers={"CHANNEL-ID": None}, raw=b"{")[0] == "4002400"


def test_401_00_a_clock_more_than_five_minutes_off():
    head, _ = ask(Service.INQUIRY)
    for seconds in (-300, 0, 300):
        check_clock(head, NOW + timedelta(seconds=seconds), Service.INQUIRY)
    check_clock(head, NOW + timedelta(seconds=600), Service.INQUIRY, skew=timedelta(minutes=10))
    for seconds in (-301, 301, 86_400):
        with pytest.raises(SnapError) as caught:
            check_clock(head, NOW + timedelta(seconds=seconds), Service.INQUIRY)
        assert caught.value.response_code == "4012400"
        assert caught.value.message == "Unauthorized. X-TIMESTAMP"


@pytest.mark.parametrize("value", ["150000.50", "150000.01", "0.00"])
def test_404_13_cents_and_nothing(value):
    _, payment = ask(Service.PAYMENT, paidAmount={"value": value, "currency": "IDR"})
    with pytest.raises(SnapError) as caught:
        payment.rupiah()
    assert (caught.value.response_code, caught.value.http_status) == ("4042513", 404)


@pytest.mark.parametrize(
    "code, service, detail, answer",
    [
        (Code.SUCCESSFUL, Service.TOKEN, "", ("2007300", "Successful")),
        (Code.IN_PROGRESS, Service.PAYMENT, "", ("2022500", "Request In Progress")),
        (Code.UNAUTHORIZED, Service.INQUIRY, "Signature", ("4012400", "Unauthorized. Signature")),
        (Code.UNAUTHORIZED, Service.TOKEN, "", ("4017300", "Unauthorized")),
        (Code.INVALID_TOKEN, Service.INQUIRY, "", ("4012401", "Invalid Token (B2B)")),
        (Code.TOKEN_NOT_FOUND, Service.INQUIRY, "", ("4012403", "Token Not Found (B2B)")),
        (Code.INVALID_BILL, Service.INQUIRY, "", ("4042412", "Invalid Bill/Virtual Account")),
        (Code.INVALID_BILL, Service.INQUIRY, "not found", ("4042412", "Invalid Bill/Virtual Account not found")),
        (Code.INVALID_BILL, Service.INQUIRY, "{field}", ("4042412", "Invalid Bill/Virtual Account {field}")),
        (Code.INVALID_AMOUNT, Service.PAYMENT, "", ("4042513", "Invalid Amount")),
        (Code.PAID_BILL, Service.PAYMENT, "", ("4042514", "Paid Bill")),
        (Code.PARTNER_NOT_FOUND, Service.INQUIRY, "", ("4042416", "Partner Not Found")),
        (Code.EXPIRED_BILL, Service.INQUIRY, "", ("4042419", "Invalid Bill/Virtual Account")),
        (Code.TRANSACTION_NOT_FOUND, Service.STATUS, "", ("4042601", "Transaction Not Found")),
        (Code.CONFLICT, Service.PAYMENT, "", ("4092500", "Conflict")),
        (Code.TOO_MANY_REQUESTS, Service.TOKEN, "", ("4297300", "Too Many Requests")),
        (Code.GENERAL_ERROR, Service.PAYMENT, "", ("5002500", "General Error")),
        (Code.TIMEOUT, Service.PAYMENT, "", ("5042500", "Timeout")),
    ],
)
def test_codes(code, service, detail, answer):
    error = SnapError(code, service, detail)
    assert (error.response_code, error.message) == answer
    assert error.http_status == int(answer[0][:3])
    assert answers.error_answer(error) == {"responseCode": answer[0], "responseMessage": answer[1]}


def test_a_message_has_at_most_150_characters():
    assert len(SnapError(Code.INVALID_BILL, Service.INQUIRY, "x" * 500).message) == 150


def test_nobody_is_told_404_18_which_banks_read_as_paid():
    assert not [code for code in Code if code.value[:2] == (404, 18)]


def test_the_quirks_of_the_official_samples_are_accepted():
    _, inquiry = ask(Service.INQUIRY, partnerServiceId="  88888", txnDateInit="20201231T235959Z", channelCode="6011")
    assert inquiry.initiated_at == datetime(2020, 12, 31, 23, 59, 59, tzinfo=UTC)
    _, payment = ask(Service.PAYMENT, paymentType=1, journalNum=123456, trxDateTime=None)
    assert (payment.echo["paymentType"], payment.echo["journalNum"], payment.paid_at) == (1, 123456, None)
    _, status = ask(Service.STATUS, customerNo=1944358911)
    assert status.account.number == "8888801944358911"
    headers = {"X-ORIGIN": "bank.example", "X-EXTERNAL-ID": "9" * 52, "Content-Type": "application/json; charset=utf-8"}
    assert ask(Service.INQUIRY, headers=headers)[0].has_long_external_id
    lower = {name.lower(): value for name, value in HEADERS.items()}
    assert messages.read_inquiry(lower, json.dumps(INQUIRY).encode())[0] == ask(Service.INQUIRY)[0]


@pytest.mark.parametrize("given, months", [(None, 1), ({}, 1), ({"months": 12}, 12), ({"months": "3"}, 3)])
def test_months_ahead_travel_in_additional_info(given, months):
    assert ask(Service.INQUIRY, additionalInfo=given)[1].months == months
    assert ask(Service.PAYMENT, additionalInfo=given)[1].months == months


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-15T10:30:00+07:00",
        "2026-01-15T10:30:00.000+07:00",
        "2026-01-15T03:30:00Z",
        "20260115T033000Z",
        "2026-01-15T03:30:00.000000Z",
        "2026-01-15T10:30:00+0700",
        "2026-01-14T22:30:00-05:00",
    ],
)
def test_every_iso_8601_moment_with_an_offset_is_read(text):
    assert parse_moment(text) == NOW


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-15",
        "2026-01-15T10:30:00",
        "2026-01-15 10:30:00Z",
        "0001-01-01T00:00:00+23:59",
        "٢٠٢٦-01-15T10:30:00Z",
    ],
)
def test_other_moments_are_refused(text):
    with pytest.raises(ValueError):
        parse_moment(text)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)))
@settings(deadline=None)
def test_a_moment_written_is_the_moment_read(moment):
    assert parse_moment(format_moment(moment)) == moment.replace(microsecond=0)


@given(st.integers(0, 10**16 - 1))
@settings(deadline=None)
def test_an_amount_written_is_the_amount_read(rupiah):
    assert parse_amount(format_amount(rupiah)["value"]) == Amount(rupiah)


@pytest.mark.parametrize(
    "text", ["", "1", "1.0", "1.000", " 1.00", "1.00\n", "+1.00", "1,00", "1e5.00", "٣.00", "1" * 17 + ".00"]
)
def test_other_amounts_are_refused(text):
    with pytest.raises(ValueError):
        parse_amount(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    st.sampled_from(sorted(READ)), st.dictionaries(st.sampled_from([*PAYMENT, *INQUIRY, "additionalInfo"]), json_values)
)
@settings(deadline=None)
def test_no_body_whatever_gives_anything_but_an_answer(service, fields):
    read, headers, body = READ[service]
    assert http_status(read, headers, json.dumps({**body, **fields}).encode()) in (200, 400)


@given(
    st.sampled_from(sorted(READ)), st.binary(), st.dictionaries(st.sampled_from([*HEADERS, *TOKEN_HEADERS]), st.text())
)
@settings(deadline=None)
def test_no_bytes_and_no_headers_whatever_give_anything_but_an_answer(service, raw, headers):
    read, good, body = READ[service]
    for some in (raw, json.dumps(body).encode()):
        assert http_status(read, {**good, **headers}, some) in (200, 400)


def test_the_token_answer():
    assert answers.token_answer("abc") == {
        "responseCode": "2007300",
        "responseMessage": "Successful",
        "accessToken": "abc",
        "tokenType": "Bearer",
        "expiresIn": "900",
        "additionalInfo": {},
    }


def test_the_inquiry_answer():
    _, inquiry = ask(Service.INQUIRY)
    bills = [answers.BillLine("202601000012345678", "Iuran JKN Jan 2026", 150_000)]
    answer = answers.inquiry_answer(
        inquiry, "SITI AMINAH", bills, [("3 family members", "3 anggota keluarga")], phone="6281234567890"
    )
    assert answer == load_json(
        b"""{"responseCode":"2002400","responseMessage":"Successful","virtualAccountData":{
 "inquiryStatus":"00","inquiryReason":{"english":"Success","indonesia":"Sukses"},
 "partnerServiceId":"   88888","customerNo":"01944358911","virtualAccountNo":"   8888801944358911",
 "virtualAccountName":"SITI AMINAH","virtualAccountPhone":"6281234567890","inquiryRequestId":"202601150000001",
 "totalAmount":{"value":"150000.00","currency":"IDR"},"subCompany":"00000",
 "billDetails":[{"billCode":"01","billNo":"202601000012345678","billName":"Iuran JKN Jan 2026",
   "billShortName":"IURAN JKN",
   "billDescription":{"english":"JKN contribution","indonesia":"Iuran JKN"},"billSubCompany":"00000",
   "billAmount":{"value":"150000.00","currency":"IDR"},"additionalInfo":{}}],
 "freeTexts":[{"english":"3 family members","indonesia":"3 anggota keluarga"}],
 "virtualAccountTrxType":"C","feeAmount":{"value":"0.00","currency":"IDR"},"additionalInfo":{}},"additionalInfo":{}}"""
    )


def test_more_than_24_bills_still_add_up():
    _, inquiry = ask(Service.INQUIRY)
    bills = [answers.BillLine(str(n), f"Iuran {n}", 35_000) for n in range(36)]
    data = answers.inquiry_answer(inquiry, "SITI", bills)["virtualAccountData"]
    amounts = [parse_amount(bill["billAmount"]["value"]).rupiah for bill in data["billDetails"]]
    assert len(amounts) == 24 and sum(amounts) == 36 * 35_000
    assert data["totalAmount"]["value"] == "1260000.00"
    assert [bill["billCode"] for bill in data["billDetails"]][-1] == "24"


def test_the_payment_answer_echoes_what_was_received():
    _, payment = ask(Service.PAYMENT, virtualAccountNo="8888801944358911", paidBills="95000")
    answer = answers.payment_answer(payment, "SITI AMINAH", 150_000)
    assert answer["responseCode"] == "2002500"
    assert answer["virtualAccountData"] == {
        "paymentFlagReason": {"english": "Success", "indonesia": "Sukses"},
        **ACCOUNT,
        "virtualAccountNo": "8888801944358911",
        "virtualAccountName": "SITI AMINAH",
        "paymentRequestId": "202601150000001",
        "paidAmount": {"value": "150000.00", "currency": "IDR"},
        "totalAmount": {"value": "150000.00", "currency": "IDR"},
        "trxDateTime": "2026-01-15T10:30:00+07:00",
        "referenceNo": "98765",
        "flagAdvise": "N",
        "paidBills": "95000",
        "paymentFlagStatus": "00",
        "billDetails": [],
    }


def test_the_status_answer():
    _, status = ask(Service.STATUS)
    data = answers.status_answer(status, "SITI", "202601150000001", 150_000, 150_000, NOW)["virtualAccountData"]
    assert data["transactionDate"] == "2026-01-15T10:30:00+07:00"
    assert (data["paymentFlagStatus"], data["paidAmount"]) == ("00", format_amount(150_000))


@pytest.mark.parametrize("service", [Service.INQUIRY, Service.PAYMENT, Service.STATUS])
def test_a_business_refusal_tells_the_till_why_in_both_languages(service):
    _, request = ask(service)
    data = answers.error_answer(SnapError(Code.PAID_BILL, service), request)["virtualAccountData"]
    reason = data.get("inquiryReason") or data["paymentFlagReason"]
    assert reason == {"english": "Paid Bill", "indonesia": "Tagihan sudah dibayar"}
    assert data["virtualAccountNo"] == ACCOUNT["virtualAccountNo"]
    assert "00" not in (data.get("inquiryStatus"), data.get("paymentFlagStatus"))
    early = SnapError(Code.INVALID_BILL, service, "payable from 2026-01-29", "Bayar mulai 29 Januari 2026")
    data = answers.error_answer(early, request)["virtualAccountData"]
    reason = data.get("inquiryReason") or data["paymentFlagReason"]
    assert reason == {"english": "payable from 2026-01-29", "indonesia": "Bayar mulai 29 Januari 2026"}
    assert "virtualAccountData" not in answers.error_answer(SnapError(Code.CONFLICT, service), request)


def test_the_independent_client_understands_our_answers():
    from snapapi.model.virtual_account.inquiry import InquiryResponseData
    from snapapi.model.virtual_account.payment import PaymentResponseData

    bills = [answers.BillLine("202601000012345678", "Iuran JKN Jan 2026", 150_000)]
    InquiryResponseData.model_validate(answers.inquiry_answer(ask(Service.INQUIRY)[1], "SITI AMINAH", bills))
    PaymentResponseData.model_validate(answers.payment_answer(ask(Service.PAYMENT)[1], "SITI AMINAH", 150_000))
