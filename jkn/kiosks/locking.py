"""How a kiosk's browser is locked down: what its policies and its command line say."""

import json

POLICIES = {
    "AllowBackForwardCacheForCacheControlNoStorePageEnabled": False,
    "AutofillAddressEnabled": False,
    "AutofillCreditCardEnabled": False,
    "DefaultPopupsSetting": 2,
    "DeveloperToolsAvailability": 2,
    "DownloadDirectory": "/var/spool/kiosk",
    "PasswordManagerEnabled": False,
    "PrintingEnabled": True,
    "PromptForDownloadLocation": False,
    "RestoreOnStartup": 5,  # a new page: no session of the visitor before comes back
    "SavingBrowserHistoryDisabled": True,
    "TranslateEnabled": False,
    "URLBlocklist": ["*"],
}
FLAGS = (
    "--kiosk --kiosk-printing --noerrdialogs --no-first-run --disable-session-crashed-bubble --disable-pinch "
    "--overscroll-history-navigation=0 --disable-features=Translate,BackForwardCache"
)


def policies(host: str) -> str:
    """The file of managed policies, for a kiosk that may open this host and nothing else."""
    return json.dumps(POLICIES | {"URLAllowlist": [host]}, indent=1, sort_keys=True)


def command(root: str) -> str:
    """What the kiosk's user starts: the page that ends whatever was open before."""
    return f"chromium {FLAGS} {root.rstrip('/')}/kios/selesai"
