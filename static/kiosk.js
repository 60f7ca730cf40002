addEventListener('pagehide', function () { document.documentElement.hidden = true })
addEventListener('pageshow', function (shown) { if (shown.persisted) location.reload() })
if (document.querySelector('.t')) print()
