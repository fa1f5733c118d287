"""What raw lines of JSON show of secrets and personal data: what the screens may not let pass."""

from __future__ import annotations

_SECRETS = (
    r"A(?:KIA|SIA|BIA|CCA|GE-SECRET|Iza|ccountKey=)|(?:AC|SK)[0-9a-f]{8}"
    r"|ya29\.|GOCSPX|[Ss][Ii][Gg]=|[78]Q~|gh[pousr]_|github_pat_|gl(?:pat|dt|rt|cbt|ptt|ft|soat"
    r"|agent)-|xox[abeoprs]|xapp-|hooks\.slack|[sr]k_(?:live|test)_|whsec_|hf_|api_org_|r8_"
    r"|sk-(?:proj|svc|admin|ant|or-|[A-Za-z0-9]{12})|gsk_|fw_|xai-|SG\.|key-[0-9a-f]{4}|-us[0-9]"
    r"|npm_|pypi-|do[opr]_v1_|HRKU-|:AA|webhooks|eyJ|sq0|EAAA|shp[acps]|dapi|ntn_|lin_api_|glsa_"
    r"|glc_|NRAK-|hv[sb]\.|dp\.pt\.|pscale_|sntry|dckr_|PMAK-|rubygems_|PRIVATE KEY"
    r"|\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{12}"
)
_MORE = (
    r"|[_-][A-Za-z0-9]{16}|\\n[A-Za-z0-9-]{16}|A(?:3[T-]|T[AC]TT3|TBB|QVN)|LTAI|CFPAT-|FLWSECK"
    r"|GR1348941|NRII-|YCA|dnkey-|duffel_|tvly-|tfp_|tgp_v1_|nvapi-|pcsk_|waka_|fo1_|fio-u-"
    r"|gl(?:ffct|imt|oas)-|tk-us-|sha256~|_gitlab_session=|sb_secret_|sm_[aps]at_|dp\.[a-z]{2,5}\."
    r"|pat-(?:na|eu|ap)|access-(?:sand|deve|prod)|fig[dou]_|p8e-|re_[A-Za-z0-9]{6,10}_"
    r"|pa-[A-Za-z0-9_-]{24}|t1\.[A-Za-z0-9_-]{12}"
)
"""Most prefixes end before a run of letters and digits; what is broken goes on after a break."""

_NAMED = (
    r"|(?i:passw|pwd|secret|token|key"
    r")|(?:pass|Pass|PASS|cred|Cred|CRED)[A-Za-z0-9_]{0,12}[\\\"'`* \t]*(?:\\[nrt])*[:=>|,(&%]"
    r"|(?:[^a-zA-Z]|\\[nrt])(?i:aws|heroku|label[_ -]studio)|(?i:bearer |authorization)"
    r"|-u(?:ser)?[ =\\\"'`]{1,9}[A-Za-z0-9_$.@-]{1,80}:"
)
_COMMANDS = (
    r"|(?i:mysql|mariadb|sshpass|mongo|redis-cli|docker|podman|az login|ldap(?:sea|add|mod)|sqlcmd"
    r"|unzip|(?:smb|rpc)client|net use|pass:|securestring|identified by|psk|storepass|ssws|splunk"
    r"|wandb|setenv|setx|x-amz-sig|kennwort|contrase|mot de passe|senha|wachtwoord|senord"
    r"|jdbc:oracle|hooks\.zapier|bundle config|enable secret|snmp-server|chpasswd|otpauth"
    r"|seed phrase|mnemonic|recovery phrase|sess[a-z_.-]{0,20}=)"
    r"|ARG |ENV |:5432:|auth[\\\"' ]{0,9}[:=]|\$(?:apr1|[1567y]|2[abxy]|argon2|pbkdf2)\$?"
    r"|[12]/[0-9]{13}|IQoJ|FwoG|cio[A-Za-z0-9]{32}|1//0|s\.[A-Za-z0-9]{24}|Private-Lines"
)
_TONGUES = (
    r"|(?:пароль|Пароль|ПАРОЛЬ|密码|密碼|パスワード|비밀번호)|\\u04[13][fF]\\+u04[13]0\\+u04[24]0"
    r"|\\u5[bB][cC]6\\+u78"
    r"|\\u30[dD]1\\+u30[bB]9\\+u30[eE][fF]|\\u[bB][eE]44\\+u[bB][cC]00"
)
_OTHER_TONGUES = (
    r"|(?i:clave|passord|adgangskode|salasana|heslo|jelsz|parola|ifre|lozinka|kata sandi)"
    r"|has(?:ł|\\+u0142)o|Has(?:ł|\\+u0142)o|m(?:ậ|\\+u1[eE][aA][dD])t kh"
    r"|口令|\\u53[eE]3\\+u4[eE][eE]4|암호|\\u[cC]554\\+u[dD]638"
)
_PERSONS = (
    r"|@|[0-9](?:[ ./()-]{0,2}[0-9]){7}|[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"
    r"|[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4}|[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2}"
    r"|[A-Z]{6}[0-9]{2}[A-Z]|[XYZ][0-9]{7}"
)
_CODED = r"|[0-9][A-Za-z0-9+/]{10}|QUtJQ|FLSU|BS0lB"
"""Base64 has a digit in every ten characters; `AKIA`, which makes the shortest, at any place."""

HINT = _SECRETS + _MORE + _NAMED + _COMMANDS + _TONGUES + _OTHER_TONGUES + _PERSONS + _CODED
"""A pattern of the raw JSON of a line, in the words that `re` and Polars share.

A line without it has neither secrets nor personal data, unless it escapes printable ASCII
or has characters without a width (which the caller must treat as a hint as well): no slash stands
in it, for writers escape it.
"""
