"""The kinds of secrets that a prefix tells.

Shapes are those that the issuers document or show in their consoles (November 2026); the list of
issuers follows the public rules of gitleaks, in patterns of our own.
"""

from __future__ import annotations

from collections.abc import Callable

from dataprep.sensitive.match import SensitiveKind
from dataprep.sensitive.proofs import dense, no_identifier, random_looking

NO_WORD_BEFORE, NO_WORD_AFTER = r"(?<![A-Za-z0-9_-])", r"(?![A-Za-z0-9_-])"


def _token(
    name: str, words: str, pattern: str, proof: Callable[[str], bool] = random_looking
) -> SensitiveKind:
    """A credential that is told by its prefix; it stands alone, and is no placeholder.

    A word is ASCII: to a class that takes every script, letters beside it would be its own.
    """
    return SensitiveKind(
        code="P001",
        name=name,
        words=tuple(words.split()),
        pattern=NO_WORD_BEFORE + f"(?a:{pattern})" + NO_WORD_AFTER,
        proof=proof,
    )


_FIRST = (
    _token("AWS access key id", "AKIA ASIA ABIA ACCA", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    _token("Google API key", "AIza", r"AIza[A-Za-z0-9_-]{35}"),
    _token("Google OAuth access token", "ya29.", r"ya29\.[A-Za-z0-9_-]{20,}"),
    _token("Google OAuth client secret", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    _token("Azure storage account key", "AccountKey=", r"AccountKey=[A-Za-z0-9+/]{86}=="),
    _token("Azure shared access signature", "sig=", r"sig=[A-Za-z0-9%]{43,90}(?:%3[Dd]|=)"),
    _token("Azure client secret", "8Q~", r"[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}"),
    _token("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,}"),
    _token("GitHub fine-grained token", "github_pat_", r"github_pat_[A-Za-z0-9_]{36,}"),
    _token(
        "GitLab token",
        "glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glagent-",
        r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_.-]{20,}",
    ),
    _token("Slack token", "xox", r"xox[a-eoprs](?:\.xox[bp])?-[A-Za-z0-9%-]{15,}"),
    _token("Slack app token", "xapp-", r"xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]+"),
    _token(
        "Slack webhook",
        "hooks.slack.com",
        r"(?:https:\\?/\\?/)?hooks\.slack\.com\\?/(?:services|workflows|triggers)"
        r"\\?/(?:[A-Za-z0-9]|\\?/){30,}",
    ),
    _token("Stripe key", "_live_ _test_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    _token("Stripe webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/]{24,}"),
    _token(
        "OpenAI key",
        "sk-",
        r"sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}|[A-Za-z0-9_-]{20,200}T3BlbkFJ[A-Za-z0-9_-]{20,}"
        r"|[A-Za-z0-9]{48})",
    ),
    _token("Anthropic key", "sk-ant-", r"sk-ant-[a-z]+\d\d-[A-Za-z0-9_-]{60,}"),
    _token("OpenRouter key", "sk-or-", r"sk-or-v1-[a-f0-9]{64}"),
    _token("Hugging Face token", "hf_ api_org_", r"(?:hf_|api_org_)[A-Za-z0-9]{34}"),
    _token("Replicate token", "r8_", r"r8_[A-Za-z0-9]{37}"),
    _token("Groq key", "gsk_", r"gsk_[A-Za-z0-9]{52}"),
    _token("Fireworks key", "fw_", r"fw_[A-Za-z0-9]{22,24}"),
    _token("xAI key", "xai-", r"xai-[A-Za-z0-9]{80}"),
    _token("Twilio key", "SK", r"SK[0-9a-f]{32}"),
    _token("SendGrid key", "SG.", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    _token("Mailgun key", "key-", r"key-[0-9a-f]{32}"),
    _token("Mailchimp key", "-us", r"[0-9a-f]{32}-us\d{1,2}"),
    _token("npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _token("PyPI token", "pypi-", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    _token("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
    _token("Heroku key", "HRKU-", r"HRKU-[A-Za-z0-9_-]{36,}"),
    _token("Telegram bot token", ":AA", r"(?:bot)?\d{8,10}:AA[A-Za-z0-9_-]{33}"),
    _token(
        "Discord bot token", "M N O", r"[MNO][A-Za-z\d_-]{23,27}\.[A-Za-z\d_-]{6}\.[\w-]{27,38}"
    ),
    _token(
        "Discord webhook",
        "webhooks",
        r"discord(?:app)?\.com\\?/api\\?/webhooks\\?/\d{17,20}\\?/[A-Za-z0-9_-]{60,}",
    ),
    _token("JSON web token", "eyJ", r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}"),
    _token(
        "encrypted web token", "eyJ", r"eyJ[\w-]{10,}\.[\w-]*\.[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"
    ),
    _token("Square token", "sq0 EAAA", r"sq0[a-z]{3}-[\w-]{22,43}|EAAA[\w-]{60}"),
    _token("Shopify token", "shp", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    _token("Databricks token", "dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),
    _token("Notion token", "ntn_", r"ntn_[0-9]{11}[A-Za-z0-9]{32,35}"),
    _token("Linear key", "lin_api_", r"lin_api_[A-Za-z0-9]{40}"),
    _token("Grafana token", "glsa_ glc_", r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[\w+/]{32,}=*"),
    _token("New Relic key", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
    _token("HashiCorp Vault token", "hvs. hvb.", r"hv[sb]\.[\w-]{24,}"),
    _token("Doppler token", "dp.pt.", r"dp\.pt\.[A-Za-z0-9]{43}"),
    _token("PlanetScale password", "pscale_", r"pscale_(?:tkn|pw|oauth)_[\w.-]{32,}"),
    _token("Sentry token", "sntrys_ sntryu_", r"sntrys_[\w+/=.-]{60,}|sntryu_[a-f0-9]{64}"),
    _token("Docker token", "dckr_", r"dckr_(?:pat|oat)_[\w-]{27,32}"),
    _token("Postman key", "PMAK-", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    _token("RubyGems key", "rubygems_", r"rubygems_[a-f0-9]{48}"),
    _token("age secret key", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}"),
)


_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

_SECOND = (
    _token("1Password secret key", "A3-", r"A3-[A-Z0-9]{6}(?:-[A-Z0-9]{5,11}){4,5}"),
    _token("1Password service account token", "ops_eyJ", r"ops_eyJ[A-Za-z0-9+/_-]{100,}={0,3}"),
    _token("Adobe client secret", "p8e-", r"p8e-[A-Za-z0-9_-]{32}"),
    _token("Airtable token", "pat", r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    _token("Alibaba access key id", "LTAI", r"LTAI[A-Za-z0-9]{12,26}"),
    _token("Apify token", "apify_api_", r"apify_api_[A-Za-z0-9]{30,50}"),
    _token("Artifactory key", "AKCp cmVmd", r"AKCp[A-Za-z0-9]{60,72}|cmVmd[A-Za-z0-9]{59}"),
    _token("Atlassian token", "ATATT3 ATCTT3", r"AT[AC]TT3[A-Za-z0-9_=-]{60,}"),
    _token("Bitbucket app password", "ATBB", r"ATBB[A-Za-z0-9]{32}"),
    _token(
        "AWS Bedrock key",
        "ABSK bedrock-api-key-",
        r"(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/]{60,}={0,2}",
    ),
    _token("AWS access key id", "A3T", r"A3T[A-Z0-9][A-Z2-7]{16}"),
    _token("Buildkite token", "bkua_", r"bkua_[a-f0-9]{40}"),
    _token("Cerebras key", "csk-", r"csk-[a-z0-9]{40,60}"),
    _token("CircleCI token", "CCIPAT_ CCIPRJ_", r"CCIP(?:AT|RJ)_[A-Za-z0-9]{18,26}_[a-f0-9]{40}"),
    _token("ClickHouse Cloud key", "4b1d", r"4b1d[A-Za-z0-9]{38}"),
    _token("Clojars token", "CLOJARS_", r"CLOJARS_[a-z0-9]{60}"),
    _token("Cloudflare origin key", "v1.0-", r"v1\.0-[a-f0-9]{24}-[a-f0-9]{146}"),
    _token("Contentful token", "CFPAT-", r"CFPAT-[A-Za-z0-9_-]{43}"),
    _token("Defined Networking token", "dnkey-", r"dnkey-[A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{52}"),
    _token("DeepSeek key", "sk-", r"sk-[a-f0-9]{32}"),
    _token(
        "Doppler token",
        "dp.",
        r"dp\.(?:st|sa|ct|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}",
    ),
    _token("Dropbox token", "sl.", r"sl\.(?:u\.)?[A-Za-z0-9_=-]{120,}"),
    _token("Duffel token", "duffel_", r"duffel_(?:test|live)_[A-Za-z0-9_=-]{43}"),
    _token(
        "Dynatrace token",
        "dt0c01. dt0s01. dt0s16.",
        r"dt0[cs]\d\d\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}",
    ),
    _token("E2B key", "e2b_", r"e2b_[a-f0-9]{40}"),
    _token("EasyPost key", "EZAK EZTK", r"EZ[AT]K[A-Za-z0-9]{54}"),
    _token("ElevenLabs key", "sk_", r"sk_[a-f0-9]{48}"),
    _token("Facebook token", "EAA", r"EAA[A-Za-z0-9]{90,}"),
    _token("Figma token", "figd_ figo_ figu_", r"fig[dou]_[A-Za-z0-9_-]{40,}"),
    _token("Firecrawl key", "fc-", r"fc-[a-f0-9]{32}"),
    _token("Flutterwave key", "FLWSECK", r"FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,32}(?:-X)?"),
    _token(
        "Fly.io token",
        "fo1_ fm1a_ fm1r_ fm2_",
        r"fo1_[\w-]{43}|fm(?:1[ar]|2)_[A-Za-z0-9+/]{80,}={0,3}",
    ),
    _token("Frame.io token", "fio-u-", r"fio-u-[A-Za-z0-9_=-]{64}"),
    _token(
        "GitLab token",
        "glffct- glimt- gloas- GR1348941",
        r"gl(?:ffct|imt|oas)-[A-Za-z0-9_-]{20,}|GR1348941[A-Za-z0-9_-]{20,}",
    ),
    _token("GitLab session", "_gitlab_session=", r"_gitlab_session=[0-9a-z]{32}"),
    _token("Grafana key", "eyJrIjoi", r"eyJrIjoi[A-Za-z0-9]{60,}={0,3}"),
    _token(
        "Harness key", "pat. sat.", r"[ps]at\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}"
    ),
    _token(
        "Terraform Cloud token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}"
    ),
    _token("HubSpot token", "pat-", rf"pat-(?:na|eu|ap)\d-{_UUID}"),
    _token("Infracost key", "ico-", r"ico-[A-Za-z0-9]{32}"),
    _token("Intra 42 secret", "s-s4t2", r"s-s4t2(?:ud|af)-[a-f0-9]{64}"),
    _token("Jina key", "jina_", r"jina_[A-Za-z0-9]{50,70}"),
    _token("Langfuse secret key", "sk-lf-", rf"sk-lf-{_UUID}"),
    _token("LangSmith key", "lsv2_", r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
    _token("Lob key", "live_ test_", r"(?:live|test)_[a-f0-9]{35}"),
    _token("Mapbox secret token", "sk.eyJ", r"sk\.eyJ[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{20,}"),
    _token("MaxMind license key", "_mmk", r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk"),
    _token(
        "Microsoft Teams webhook",
        "webhookb2",
        rf"[a-z0-9-]{{1,60}}\.webhook\.office\.com\\?/webhookb2\\?/{_UUID}@{_UUID}\\?/IncomingWebhook\\?/[a-z0-9]{{32}}\\?/{_UUID}",
    ),
    _token("Neon key", "napi_", r"napi_[a-z0-9]{40,70}"),
    _token("Netlify token", "nfp_ nfc_", r"nf[pc]_[A-Za-z0-9]{36,40}"),
    _token("New Relic key", "NRJS- NRII-", r"NRJS-[a-f0-9]{19}|NRII-[A-Za-z0-9-]{32}"),
    _token("Nvidia key", "nvapi-", r"nvapi-[A-Za-z0-9_-]{60,70}"),
    _token("Octopus Deploy key", "API-", r"API-[A-Z0-9]{26}"),
    _token("OpenShift token", "sha256~", r"sha256~[\w-]{43}"),
    _token("Perplexity key", "pplx-", r"pplx-[A-Za-z0-9]{40,56}"),
    _token("Pinecone key", "pcsk_", r"pcsk_[A-Za-z0-9_]{40,80}"),
    _token("Plaid token", "access-", rf"access-(?:sandbox|development|production)-{_UUID}"),
    _token("PostHog key", "phx_", r"phx_[A-Za-z0-9]{43,48}"),
    _token("Prefect key", "pnu_ pnb_", r"pn[ub]_[A-Za-z0-9]{36}"),
    _token("Pulumi token", "pul-", r"pul-[a-f0-9]{40}"),
    _token("ReadMe key", "rdme_", r"rdme_[a-z0-9]{70}"),
    _token("Render key", "rnd_", r"rnd_[A-Za-z0-9]{32}"),
    _token("Resend key", "re_", r"re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,28}"),
    _token("RunPod key", "rpa_", r"rpa_[A-Z0-9a-z]{40,50}"),
    _token("Scalingo token", "tk-us-", r"tk-us-[\w-]{48}"),
    _token("Sendinblue key", "xkeysib-", r"xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    _token("SettleMint token", "sm_aat_ sm_pat_ sm_sat_", r"sm_[aps]at_[A-Za-z0-9]{16}"),
    _token("Shippo token", "shippo_", r"shippo_(?:live|test)_[a-fA-F0-9]{40}"),
    _token("Sonar token", "squ_ sqp_ sqa_", r"sq[upa]_[a-f0-9]{40}"),
    _token("Sourcegraph token", "sgp_", r"sgp_(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}"),
    _token("Stripe key", "sk_prod_ rk_prod_", r"[sr]k_prod_[A-Za-z0-9]{16,}"),
    _token("Supabase token", "sbp_ sb_secret_", r"sbp_[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{30,42}"),
    _token(
        "Tailscale key", "tskey-", r"tskey-(?:[a-z]{3,10}-)?[A-Za-z0-9]{8,20}-[A-Za-z0-9]{20,40}"
    ),
    _token("Tavily key", "tvly-", r"tvly-(?:dev-|prod-)?[A-Za-z0-9_-]{32,48}"),
    _token("Together key", "tgp_v1_", r"tgp_v1_[A-Za-z0-9_-]{40,48}"),
    _token("Typeform token", "tfp_", r"tfp_[A-Za-z0-9_.=-]{44,59}"),
    _token("Voyage key", "pa-", r"pa-[A-Za-z0-9_-]{43}"),
    _token("WakaTime key", "waka_", rf"waka_{_UUID}"),
    _token(
        "Yandex key",
        "AQVN YCA t1.",
        r"AQVN[A-Za-z0-9_-]{35,38}|YCA[A-Za-z0-9_-]{37}|t1\.[A-Za-z0-9_-]{20,300}={0,2}\.[A-Za-z0-9_-]{86}={0,2}",
    ),
)

_THIRD = (
    _token("Asana token", "1/ 2/", r"[12]/\d{13,17}(?:/\d{13,17})?:[a-f0-9]{32}"),
    _token(
        "AWS session token",
        "IQoJb3JpZ2lu FwoGZXIvYXdz",
        r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9+/]{100,}={0,2}",
    ),
    _token("Azure shared access signature", "sig=", r"sig=[A-Za-z0-9_-]{43}"),
    _token("crates.io token", "cio", r"cio[A-Za-z0-9]{32}"),
    _token("Google refresh token", "1//0", r"1//0[A-Za-z0-9_-]{40,120}"),
    _token("HashiCorp Vault token", "s.", r"s\.[A-Za-z0-9]{24}", dense),
    _token("Modal token", "ak- as-", r"a[ks]-[A-Za-z0-9]{22}", dense),
    _token("Notion token", "secret_", r"secret_[A-Za-z0-9]{43}"),
    _token("OpenAI session key", "sess-", r"sess-[A-Za-z0-9]{40}"),
    _token("OpenAI key", "sk-None-", r"sk-None-[A-Za-z0-9_-]{40,}"),
)

_MIXED_DIGITS = r"(?=[A-Za-z0-9_-]{0,20}[0-9])(?=[A-Za-z0-9_-]{0,20}[A-Z])"
"""Digits and capitals among the first of what has a short prefix."""

_FOURTH = (
    _token("Ubidots key", "BBFF-", r"BBFF-[A-Za-z0-9]{30}"),
    _token("Bannerbear key", "bb_", r"bb_(?:pr|ma)_[a-f0-9]{30}"),
    _token("Close key", "api_", r"api_[A-Za-z0-9]{20,24}\.[A-Za-z0-9]{20,24}"),
    _token("Adafruit key", "aio_", r"aio_[A-Za-z0-9]{28}"),
    _token("API key", "sk-", rf"sk-{_MIXED_DIGITS}[A-Za-z0-9_-]{{20,}}", no_identifier),
    _token(
        "Authress key",
        ".acc_ .acc-",
        r"(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[A-Za-z0-9+/_=-]{30,}",
    ),
    _token("Zoho token", "1000.", r"1000\.[a-f0-9]{32}\.[a-f0-9]{32}"),
    _token("Azure DevOps token", "AZDO", r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}"),
    _token(
        "Azure key",
        "AzCa AzFu ACR AIoT AzSe APIM ACDb +ASt JQQJ99",
        r"[A-Za-z0-9+/]{42,76}(?:\+ASt|\+ACR|ACDb|AIoT|AzFu|AzSe|APIM|AzCa)[A-Za-z0-9+/]{5,10}={0,2}|[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}",
    ),
    _token("BFL key", "bfl_", r"bfl_[A-Za-z0-9]{20,}"),
    _token(
        "Bitbucket Data Center token",
        "BBDC-",
        r"BBDC-[A-Za-z0-9+/@_-]{40,50}",
    ),
    _token("Salesforce refresh token", "5AEP861", r"5AEP861[A-Za-z0-9._=]{60,}"),
    _token("Brave key", "BSA", r"BSA[A-Za-z0-9_-]{24,28}", no_identifier),
    _token(
        "X bearer token",
        "AAAAAAAAAAAAAAAAAAAA",
        r"A{18,24}[A-Za-z0-9%]{60,}",
        lambda token: "AAAA" not in token.lstrip("A") and dense(token.lstrip("A")),
    ),
    _token("Checkout key", "sk_", r"sk_(?:sbox_|prod_|test_|live_)?[a-z0-9]{26}[a-z*:$=#]", dense),
    _token("Cloudflare token", "cfk_ cfut_ cfat_", r"cf(?:k|ut|at)_[A-Za-z0-9]{40}[a-f0-9]{8}"),
    _token("Coze token", "pat_", r"pat_[A-Za-z0-9]{64}"),
    _token("Deno token", "ddp_ ddw_", r"dd[pw]_[A-Za-z0-9]{36}"),
    _token("Endor Labs key", "endr+", r"endr\+[A-Za-z0-9-]{16}"),
    _token("Figma token", "figp_", r"figp_[A-Za-z0-9_=-]{40,54}"),
    _token("Fleetbase key", "flb_live_", r"flb_live_[A-Za-z0-9]{20}"),
    _token("Pagar.me key", "ak_live_", r"ak_live_[A-Za-z0-9]{30}"),
    _token("GoCardless token", "live_ sandbox_", r"(?:live|sandbox)_[A-Za-z0-9_=-]{40}", dense),
    _token("Instagram token", "IGQV IGAA", r"IG(?:QV|AA)[A-Za-z0-9_-]{100,}"),
    _token("LaunchDarkly key", "sdk- api- mob-", rf"(?:sdk|api|mob)-{_UUID}"),
    _token("LlamaCloud key", "llx-", r"llx-[A-Za-z0-9]{40,60}"),
    _token("MailerSend token", "mlsn.", r"mlsn\.[a-f0-9]{64}"),
    _token("Nightfall key", "NF-", r"NF-[A-Za-z0-9]{32}"),
    _token(
        "New Relic key",
        "NRIQ- NRBR- -NRMA FFFFNRAL",
        r"NRIQ-[A-Za-z0-9_-]{25,32}|NRBR-[0-9a-f]{19}|(?:AA[0-9a-f]{40}|eu01xx[0-9a-f]{36})-NRMA|(?:[0-9a-f]{32}|eu01xx[0-9a-f]{26})FFFFNRAL",
    ),
    _token("NuGet key", "oy2", r"oy2[a-z0-9]{43}"),
    _token("Okta token", "00", r"00(?=[A-Za-z0-9_-]{0,20}[A-Z])[A-Za-z0-9_-]{40}", no_identifier),
    _token("session key", "sess_ sk_", r"(?:sess|sk)_[A-Za-z0-9]{40,}", no_identifier),
    _token("Paddle key", "pdl_", r"pdl_(?:live|sdbx)_[A-Za-z0-9_]{40,}"),
    _token(
        "PayPal key",
        "access_token$",
        r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}",
    ),
    _token("Polar token", "polar_", r"polar_(?:oat|pat|whs)_[A-Za-z0-9]{30,}"),
    _token(
        "PubNub key", "sec-c- sub-c- pub-c-", rf"sec-c-[A-Za-z0-9]{{40,60}}|(?:sub|pub)-c-{_UUID}"
    ),
    _token("Ramp secret", "ramp_sec_ ramp_id_", r"ramp_(?:sec_[A-Za-z0-9]{48}|id_[A-Za-z0-9]{40})"),
    _token("Razorpay key", "rzp_live_ rzp_test_", r"rzp_(?:live|test)_[A-Za-z0-9]{14}"),
    _token("Robinhood key", "rh-api-", rf"rh-api-{_UUID}"),
    _token("Render key", "rnd_", r"rnd_[A-Za-z0-9]{24,40}"),
    _token("Rootly token", "rootly_", r"rootly_[a-f0-9]{64}"),
    _token("SaladCloud key", "salad_cloud_", r"salad_cloud_[A-Za-z0-9]{1,7}_[A-Za-z0-9]{7,}"),
    _token(
        "Salesforce token",
        "3MVG9 00D",
        r"3MVG9[A-Za-z0-9._+/=]{80,}|00D[A-Za-z0-9]{9,15}![A-Za-z0-9_.]{80,}",
    ),
    _token("Snyk token", "snyk_", r"snyk_[a-z]{3}\.[a-f0-9]{8}\.[A-Za-z0-9_-]{40,}"),
    _token("SonarQube Cloud token", "sqco_", r"sqco_[A-Za-z0-9]{40,}"),
    _token(
        "Stripe payment secret",
        "_secret_",
        r"(?:pi|seti|cs)_[A-Za-z0-9_]{14,60}_secret_[A-Za-z0-9]{24,}",
    ),
    _token(
        "Stytch secret", "secret-live- secret-test-", r"secret-(?:live|test)-[A-Za-z0-9_=-]{36,}"
    ),
    _token(
        "Sourcegraph Cody or Flexport key",
        "slk_ shltm_",
        r"slk_[a-f0-9]{64}|shltm_[A-Za-z0-9_-]{40}",
    ),
    _token("Tencent secret id", "AKID", r"AKID[A-Za-z0-9]{13,40}", dense),
    _token(
        "Tines webhook",
        ".tines.com",
        r"[\w-]{1,60}\.tines\.com\\?/webhook\\?/[a-z0-9]{32}\\?/[a-z0-9]{32}",
    ),
    _token(
        "API key",
        "dev_ prod_",
        r"(?:tr|sk|pk|sec|api|key)_(?:dev|prod)_[A-Za-z0-9]{20,}",
        dense,
    ),
    _token(
        "Vercel token",
        "vercel_blob_rw_ vck_ vcp_ vci_ vca_ vcr_",
        r"vercel_blob_rw_[A-Za-z0-9]{16}_[A-Za-z0-9]{30}|vc[kpiar]_[A-Za-z0-9]{24,60}",
    ),
    _token("Voiceflow key", "VF.", r"VF\.(?:(?:DM|WS)\.)?[a-fA-F0-9]{24}\.[A-Za-z0-9]{16}"),
    _token("wallet key", "5H 5J 5K", r"5[HJK][1-9A-HJ-NP-Za-km-z]{49}"),
    _token("Weights & Biases key", "wandb_v1_", r"wandb_v1_[A-Za-z0-9_]{40,}"),
    _token("Brevo SMTP key", "xsmtpsib-", r"xsmtpsib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    _token(
        "automation webhook",
        "hooks.zapier.com .make.com/ maker.ifttt.com hook.us hook.eu feishu.cn larksuite.com",
        r"(?:https:\\?/\\?/)?(?:hooks\.zapier\.com\\?/hooks\\?/catch\\?/\d{3,12}\\?/[A-Za-z0-9]{5,}"
        r"|hook\.(?:[a-z0-9]{2,6}\.)?make\.com\\?/[a-z0-9]{20,40}"
        r"|maker\.ifttt\.com\\?/trigger\\?/[\w-]{1,60}\\?/(?:json\\?/)?with\\?/key\\?/[\w-]{20,60}"
        rf"|open\.(?:feishu\.cn|larksuite\.com)\\?/open-apis\\?/bot\\?/v2\\?/hook\\?/{_UUID})",
        lambda address: len(set(address.rpartition("/")[2])) > 4,
    ),
    _token("Zuplo key", "zpka_", r"zpka_[a-f0-9]{32}_[a-f0-9]{8}"),
)

TOKENS = (*_FIRST, *_SECOND, *_THIRD, *_FOURTH)

PREFIXES = tuple(dict.fromkeys(word for kind in TOKENS for word in kind.words if len(word) > 2))
"""Literals of which one stands in every token but a few that begin with a letter or two."""
