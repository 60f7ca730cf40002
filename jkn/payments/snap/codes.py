"""SNAP response codes: HTTP status (3 digits), service (2), case (2); the HTTP status line repeats the first three."""

from enum import Enum, StrEnum

MESSAGE_LENGTH = 150


class Service(StrEnum):
    """The SNAP services we answer, and those we call."""

    TOKEN = "73"
    INQUIRY = "24"
    PAYMENT = "25"
    STATUS = "26"
    DEBIT_NOTICE = "56"
    QR_NOTICE = "52"
    # called
    AUTH_CODE = "10"
    CUSTOMER_TOKEN = "74"
    BINDING = "07"
    UNBINDING = "09"
    DEBIT = "54"
    DEBIT_STATUS = "55"
    QR = "47"
    QR_STATUS = "51"


class Code(Enum):
    """(HTTP status, case, message): `{…}` in the message takes the detail, if there is one."""

    SUCCESSFUL = (200, 0, "Successful")
    IN_PROGRESS = (202, 0, "Request In Progress")
    BAD_REQUEST = (400, 0, "Bad Request")
    INVALID_FORMAT = (400, 1, "Invalid Field Format {field}")
    MISSING_FIELD = (400, 2, "Invalid Mandatory Field {field}")
    UNAUTHORIZED = (401, 0, "Unauthorized. {reason}")
    INVALID_TOKEN = (401, 1, "Invalid Token (B2B)")
    TOKEN_NOT_FOUND = (401, 3, "Token Not Found (B2B)")
    EXPIRED = (403, 0, "Transaction Expired")
    FEATURE_NOT_ALLOWED = (403, 1, "Feature Not Allowed")
    NOT_PERMITTED = (403, 15, "Transaction Not Permitted. {reason}")
    SUSPENDED = (403, 16, "Suspend Transaction")
    INVALID_STATUS = (404, 0, "Invalid Transaction Status")
    TRANSACTION_NOT_FOUND = (404, 1, "Transaction Not Found")
    INVALID_ACCOUNT = (404, 11, "Invalid Card/Account/Customer/Virtual Account")
    INVALID_BILL = (404, 12, "Invalid Bill/Virtual Account {reason}")
    INVALID_AMOUNT = (404, 13, "Invalid Amount")
    PAID_BILL = (404, 14, "Paid Bill")
    PARTNER_NOT_FOUND = (404, 16, "Partner Not Found")
    EXPIRED_BILL = (404, 19, "Invalid Bill/Virtual Account")
    NOT_SUPPORTED = (405, 0, "Requested Function Is Not Supported")
    NOT_ALLOWED = (405, 1, "Requested Operation Is Not Allowed")
    CONFLICT = (409, 0, "Conflict")
    TOO_MANY_REQUESTS = (429, 0, "Too Many Requests")
    GENERAL_ERROR = (500, 0, "General Error")
    INTERNAL_ERROR = (500, 1, "Internal Server Error")
    TIMEOUT = (504, 0, "Timeout")

    @property
    def http_status(self) -> int:
        return self.value[0]

    def response_code(self, service: Service) -> str:
        """`Code.INVALID_BILL.response_code(Service.INQUIRY)` is "4042412"."""
        status, case, _ = self.value
        return f"{status}{service}{case:02}"

    def message(self, detail: str = "") -> str:
        """The English responseMessage, at most 150 characters."""
        text = self.value[2].format(field=detail, reason=detail)
        return text.rstrip(" .")[:MESSAGE_LENGTH].rstrip()


class SnapError(Exception):
    """The answer a bank gets instead of a success.

    `detail` names the field or reason in English; `indonesian` says the same for a till that shows Indonesian.
    """

    def __init__(self, code: Code, service: Service, detail: str = "", indonesian: str = ""):
        self.code, self.service, self.detail, self.indonesian = code, service, detail, indonesian
        super().__init__(f"{self.response_code} {self.message}")

    @property
    def http_status(self) -> int:
        return self.code.http_status

    @property
    def response_code(self) -> str:
        return self.code.response_code(self.service)

    @property
    def message(self) -> str:
        return self.code.message(self.detail)
