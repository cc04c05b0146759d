"""The options with which Streamlit serves the app: quiet, on this machine only, without details of errors.

`.streamlit/config.toml` says the same for `streamlit run app.py` in a checkout; `cohort app` passes these.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        # Another machine reaches the app through a proxy with TLS only.
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.maxUploadSize": "200",
        "server.enableXsrfProtection": "true",
        "server.enableStaticServing": "false",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        # Else every word that stands alone in app.py, its documentation too, is written on the page.
        "runner.magicEnabled": "false",
        # An error quotes the value that caused it.
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        "client.toolbarMode": "minimal",
        # Figures leave with their record, by our own downloads.
        "client.disableDataExport": "true",
        "theme.base": "light",
        "theme.font": "Arial, Helvetica, sans-serif",
        "theme.primaryColor": "#00703c",
        "theme.backgroundColor": "#ffffff",
        "theme.secondaryBackgroundColor": "#f3f2f1",
        "theme.textColor": "#0b0c0c",
        "theme.linkColor": "#1d70b8",
        "theme.borderColor": "#b1b4b6",
        "theme.baseRadius": "none",
        "theme.showWidgetBorder": "true",
    }
)
"""Option → value, as the command line takes them. The upload limit is in megabytes."""
