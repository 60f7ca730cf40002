"""Vectors published by others, an independent client as signer, and mutations: none may pass."""

import base64
import hashlib
import json
import warnings

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jkn.payments.snap import signatures
from jkn.payments.snap.values import load_json

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library's own escapes and deprecations are not ours to mend
    from snapapi import SNAPCrypto

STAMP = "2026-01-15T10:30:00+07:00"
SECRET = "3fd9d63f-f4f1-4c26-8886-fecca45b1053"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.test.token"
INQUIRY_PATH = "/v1.0/transfer-va/inquiry"
INQUIRY_BODY = (
    b'{"partnerServiceId":"   88888","customerNo":"0001234567890","virtualAccountNo":"   888880001234567890",'
    b'"trxDateInit":"2026-01-15T10:30:00+07:00","channelCode":6011,"inquiryRequestId":"202601150000001"}'
)
DOUBLED_BODY = INQUIRY_BODY.replace(b'"customerNo":', b'"customerNo":"9999999999999","customerNo":')
INQUIRY_SIGNATURE = "xEukgAOFrZYNWCZ1jaDSd2rM6/vB4AKp5VTzOYXG2Eh/ZC3lKgzwoTzto6QcXJouNtIkXceFTImjHe9I+9rh7w=="
INQUIRY_HEX = (
    "c44ba4800385ad960d5826758da0d2776accebfbc1e002a9e554f33985c6d848"
    "7f642de52a0cf0a13ceda3a41c5c9a2e36d2245dc7854c89a31def48fbdae1ef"
)
MIDTRANS_BODY = (
    b'{"partnerReferenceNo":"2020102900000000000001","amount":{"value":"12345678.00","currency":"IDR"},'
    b'"feeAmount":{"value":"12345678.00","currency":"IDR"},"merchantId":"00007100010926",'
    b'"terminalId":"213141251124","validityPeriod":"2009-07-03T12:08:56-07:00"}'
)
MIDTRANS_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlWbtlh3eM+bW3n5AFj42
wddC4L7tQqbLiCFbTv8K67yng9iwK5mEn+UMXiRhvB2JVWFafCPPxFamsiVG3Mjn
eGjC0BYgmpmw4qXnAnyO3nCdCuPtmZ3ljhKvSTPdWZxrcLi1Xa9V/+Pzb8hrjb5i
wMn6SZFNeMmZYgFKiSeueo6TPln2PoTqXCzs1HtsM8eUVe8GAsjJe/3dYl992nyX
OpG21GgNu8o5T3WOptPg6GdDTWkTWUu483yRbVVy04Pz4L8DDZTDv+WcsAViDn1r
A/jB1Auj/UGKx2ovGcBH/a/hor5TbABbODU6cPTHT54K3sSZtvZNV4eFDB1f/4wd
fwIDAQAB
-----END PUBLIC KEY-----
"""
MIDTRANS_SIGNATURE = (
    "WzW49tYIgKIBmBi/gVBHGLAkhEaZlXM11zcZxAiyHji6TLPjPbwLu3Z45it25AIeG0XDItcdTSkds47zFEMh6IP0PXPIP1+Ey4RmX/o2fuYRF/"
    "xBHvfvKnMmANMTS1axsXBSW3EHqYpbVrkCcqNnB3u+wu63us9WIhRZaWgxgQ2PJLaiVHIwgu9u7jxkWX7Bg4rerZH3RKdQfIJAAJsSN13efR7V"
    "dSAyzU7QaKjgislxrLqmesYNJkbD03XLjHdo6YWuzAVV7xdZRpLiGkIAkW7luXTBZYBO+4oENZAPQYzrLeN1qRY1Sr7BgLONCA2QA26BB6SYW4"
    "R7qofS9+RyOQ=="
)


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def snapapi(key):
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return SNAPCrypto(client_id="962489e9-de5d-4eb7-92a4-b07d44d64bf4", client_secret=SECRET, private_key=pem.decode())


def accepts(body=INQUIRY_BODY, path=INQUIRY_PATH, token=TOKEN, stamp=STAMP, signature=INQUIRY_SIGNATURE, secret=SECRET):
    return signatures.verify_symmetric([secret], "POST", path, token, body, stamp, signature)


def test_vector_a_published_by_midtrans():
    digest = "01463f60dbb6ca538581579dd95b31c8ba9fc6600eca750e4d8460ca4e402111"
    assert signatures.digests(MIDTRANS_BODY)[0] == digest
    text = signatures.string_to_sign(
        "POST", "/v1.0/qr/qr-mpm-generate", digest, "2024-03-05T10:37:16.196Z", "myaccesstoken"
    )
    assert signatures.sign_hmac("myclientsecret", text) == (
        "wmzT7yjg1SxxCsxNsFgCR9SYXiZGGbceF6fV8xe97sAMHxZ+7OEBMIBmvb6Sj6GcksGp3iv77DiomgSbcST3XQ=="
    )


def test_vector_b_published_by_midtrans():
    keys = [signatures.load_public_key(MIDTRANS_KEY)]
    args = ("G1234325-SNAP", "2024-03-01T08:27:49.024Z")
    assert signatures.verify_token_request(keys, *args, MIDTRANS_SIGNATURE)
    assert not signatures.verify_token_request(keys, "G1234326-SNAP", args[1], MIDTRANS_SIGNATURE)


def test_vector_c_the_independent_client_signs_the_same_bytes(key, snapapi):
    text = signatures.string_for_token("962489e9-de5d-4eb7-92a4-b07d44d64bf4", STAMP)
    assert text == "962489e9-de5d-4eb7-92a4-b07d44d64bf4|2026-01-15T10:30:00+07:00"
    theirs = snapapi.create_signature_oauth2(text.encode())
    assert signatures.sign_rsa(key, text) == theirs
    assert signatures.verify_rsa([key.public_key()], text, theirs)


def test_vector_d_in_base64_and_in_hex():
    digest = "80b57a0b0bfcd0a593c976dfa63238dfc9525c35b9951eadbd3231ffe4093a68"
    assert signatures.digests(INQUIRY_BODY) == [digest]
    text = signatures.string_to_sign("post", INQUIRY_PATH, digest, STAMP, TOKEN)
    assert signatures.sign_hmac(SECRET, text) == INQUIRY_SIGNATURE
    assert accepts()
    assert accepts(signature=INQUIRY_HEX)
    assert not accepts(signature=INQUIRY_HEX.upper())


def test_vector_e_an_empty_body_and_a_query():
    signature = "ofUgli4HBlwaOihC7Az2Crntrz2upLUrzngk63BRDbuU4u+zuoyhdPscbXDtujQyGh1i5T1QWRqPQLL3O9tdhg=="
    args = (TOKEN, b"", STAMP, signature)
    assert signatures.verify_symmetric([SECRET], "GET", "/v1.0/balance-inquiry?x=1", *args)
    assert not signatures.verify_symmetric([SECRET], "GET", "/v1.0/balance-inquiry", *args)
    assert not signatures.verify_symmetric([SECRET], "POST", "/v1.0/balance-inquiry?x=1", *args)


def test_trap_vector_a_name_beyond_ascii_signed_raw_or_escaped():
    body = '{"virtualAccountName":"Siti Áminah"}'.encode()
    raw, escaped = signatures.digests(body)
    assert raw.startswith("3cd603cd") and raw.endswith("0048")
    assert escaped.startswith("7219613d") and escaped.endswith("bb09")
    for digest in (raw, escaped):
        text = signatures.string_to_sign("POST", INQUIRY_PATH, digest, STAMP, TOKEN)
        assert accepts(body, signature=signatures.sign_hmac(SECRET, text))


def test_a_name_sent_escaped_and_signed_raw():
    sent, signed = rb'{"virtualAccountName":"Siti \u00c1minah"}', '{"virtualAccountName":"Siti Áminah"}'.encode()
    assert hashlib.sha256(signed).hexdigest() in signatures.digests(sent)


def test_an_escaped_slash_is_signed_as_it_stands():
    body = rb'{ "url" : "https:\/\/x.example\/a b" }'
    assert signatures.minify(body) == rb'{"url":"https:\/\/x.example\/a b"}'
    assert signatures.digests(body)[0] == hashlib.sha256(rb'{"url":"https:\/\/x.example\/a b"}').hexdigest()


@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("name", ["Siti Aminah", "Siti Áminah", '𝄞 a/b " \\ \t', "  "])
def test_the_independent_client_signs_and_we_accept(snapapi, name, ascii_only, separators):
    body = {"virtualAccountName": name, "amount": {"value": "150000.00"}, "channelCode": 6011, "list": [1, True, None]}
    signature = snapapi.create_signature_transactional(
        path=INQUIRY_PATH, timestamp=STAMP, request_body=body, http_method="POST", access_token=TOKEN
    )
    assert accepts(json.dumps(body, ensure_ascii=ascii_only, separators=separators).encode(), signature=signature)
    assert not accepts(json.dumps({**body, "channelCode": 6012}).encode(), signature=signature)


def test_the_independent_client_signs_without_a_token_and_we_accept(key, snapapi):
    body = {"partnerServiceId": "   88888"}
    theirs = snapapi.create_signature_transactional(
        path=INQUIRY_PATH, timestamp=STAMP, request_body=body, http_method="POST", algorithm="SHA256withRSA"
    )
    keys, raw = [key.public_key()], json.dumps(body).encode()
    text = signatures.string_to_sign("POST", INQUIRY_PATH, signatures.digests(raw)[0], STAMP)
    assert text.count(":") == 2 + STAMP.count(":") + 1
    for signature in (theirs, signatures.sign_rsa(key, text)):
        assert signatures.verify_asymmetric(keys, "POST", INQUIRY_PATH, raw, STAMP, signature)
        assert not signatures.verify_asymmetric(keys, "POST", INQUIRY_PATH + "/", raw, STAMP, signature)
        assert not signatures.verify_asymmetric(keys, "POST", INQUIRY_PATH, raw + b"1", STAMP, signature)


def test_two_secrets_live_while_they_are_exchanged():
    args = ("POST", INQUIRY_PATH, TOKEN, INQUIRY_BODY, STAMP, INQUIRY_SIGNATURE)
    assert signatures.verify_symmetric(["newer", SECRET], *args)
    assert not signatures.verify_symmetric(["newer"], *args)
    assert not signatures.verify_symmetric([], *args)


def test_a_key_twice_is_never_rewritten_into_what_was_signed():
    """Re-serialising keeps the last of two equal keys: a first one could be smuggled in beside it."""
    assert json.loads(DOUBLED_BODY) == json.loads(INQUIRY_BODY)
    assert not accepts(DOUBLED_BODY)


def test_keys_are_rsa_of_2048_bits_or_more(key):
    def pem(key):
        return key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    assert signatures.load_public_key(pem(key)).key_size == 2048
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    for bad in (pem(small), pem(ec.generate_private_key(ec.SECP256R1())), b"", "not a key"):
        with pytest.raises(ValueError):
            signatures.load_public_key(bad)


def test_an_rsa_signature_has_one_spelling():
    keys = [signatures.load_public_key(MIDTRANS_KEY)]
    text = "G1234325-SNAP|2024-03-01T08:27:49.024Z"
    loose = MIDTRANS_SIGNATURE[:-3] + chr(ord(MIDTRANS_SIGNATURE[-3]) + 1) + "=="
    assert base64.b64decode(loose) == base64.b64decode(MIDTRANS_SIGNATURE)
    for bad in (loose, MIDTRANS_SIGNATURE + "\n", MIDTRANS_SIGNATURE.rstrip("="), "", "é", "AAAA"):
        assert not signatures.verify_rsa(keys, text, bad)


@pytest.mark.parametrize("bad", ["", " ", "é", INQUIRY_SIGNATURE + " ", INQUIRY_SIGNATURE[:-2], INQUIRY_HEX[:-1]])
def test_no_other_spelling_of_a_signature_passes(bad):
    assert not accepts(signature=bad)


def minify_byte_by_byte(raw):
    """The definition, one byte at a time."""
    out, inside, escaped = bytearray(), False, False
    for byte in raw:
        if inside:
            out.append(byte)
            if escaped:
                escaped = False
            elif byte == ord("\\"):
                escaped = True
            elif byte == ord('"'):
                inside = False
        elif byte not in b" \t\r\n":
            out.append(byte)
            inside = byte == ord('"')
    return bytes(out)


@given(st.one_of(st.binary(), st.text(alphabet='a"\\ \n\t{:,', max_size=40).map(str.encode)))
@settings(max_examples=1000, deadline=None)
def test_minify_is_the_definition(raw):
    assert signatures.minify(raw) == minify_byte_by_byte(raw)


def exact(value):
    """JSON meaning, with 1, 1.0 and true kept apart."""
    return json.dumps(value, ensure_ascii=False)


@st.composite
def spoilt(draw, original):
    """The bytes with one piece replaced, removed, doubled, inserted or changed in case."""
    start = draw(st.integers(0, len(original)))
    end = draw(st.integers(start, min(len(original), start + 12)))
    piece = original[start:end]
    new = draw(
        st.one_of(st.binary(max_size=6), st.sampled_from([piece * 2, piece.swapcase(), piece[::-1], b" ", b'"']))
    )
    return original[:start] + new + original[end:]


def changes_the_meaning(body):
    try:
        return exact(load_json(body)) != exact(load_json(INQUIRY_BODY))
    except ValueError:
        return signatures.minify(body) != INQUIRY_BODY


@given(spoilt(INQUIRY_BODY))
@settings(max_examples=500, deadline=None)
def test_no_changed_body_passes(body):
    assert accepts(body) is not changes_the_meaning(body)


@pytest.mark.slow
@given(spoilt(INQUIRY_BODY))
@settings(max_examples=6000, deadline=None)
def test_none_of_six_thousand_changed_bodies_passes(body):
    assert accepts(body) is not changes_the_meaning(body)


OTHERS = {"path": INQUIRY_PATH, "token": TOKEN, "stamp": STAMP, "signature": INQUIRY_SIGNATURE}


def parts_spoilt():
    """The name of a part of the request, and what became of it."""
    return st.sampled_from(sorted(OTHERS)).flatmap(lambda name: st.tuples(st.just(name), spoilt(OTHERS[name].encode())))


def refuses(change):
    name, value = change[0], change[1].decode("latin-1")
    assume(value != OTHERS[name])
    return not accepts(**{name: value})


@given(parts_spoilt())
@settings(max_examples=500, deadline=None)
def test_no_changed_path_token_timestamp_or_signature_passes(change):
    assert refuses(change)


@pytest.mark.slow
@given(parts_spoilt())
@settings(max_examples=4000, deadline=None)
def test_none_of_four_thousand_changed_parts_passes(change):
    assert refuses(change)


@given(st.sampled_from(["path", "token", "stamp"]), st.sampled_from(["path", "token", "stamp"]))
@settings(deadline=None)
def test_no_exchanged_parts_pass(one, other):
    assume(one != other)
    assert not accepts(**{one: OTHERS[other], other: OTHERS[one]})


def accepts_what_it_rewrote(body):
    """The broken twin: it signs what a plain JSON reader makes of the body."""
    digest = hashlib.sha256(json.dumps(json.loads(body), separators=(",", ":")).encode()).hexdigest()
    text = signatures.string_to_sign("POST", INQUIRY_PATH, digest, STAMP, TOKEN)
    return signatures.verify_hmac([SECRET], text, INQUIRY_SIGNATURE)


def test_the_broken_twin_lets_a_doubled_key_in():
    assert accepts_what_it_rewrote(INQUIRY_BODY)
    assert accepts_what_it_rewrote(DOUBLED_BODY) and not accepts(DOUBLED_BODY)


def test_the_broken_twin_without_minify_refuses_white_space_that_banks_send():
    spaced = json.dumps(json.loads(INQUIRY_BODY), indent=1).encode()
    assert hashlib.sha256(spaced).hexdigest() not in signatures.digests(spaced)
    assert accepts(spaced)
