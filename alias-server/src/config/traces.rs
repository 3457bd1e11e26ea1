//! Where spans of calls go.

use http::Uri;

use super::{ConfigError, invalid};
use crate::spans::SpansConfig;

/// The path that collectors take traces at, under their address.
const PATH: &str = "/v1/traces";

/// The settings of spans; `None` where there is no collector.
pub(super) fn spans(endpoint: Option<&str>, percent: Option<u8>) -> Result<Option<SpansConfig>, ConfigError> {
    if percent.is_some_and(|percent| percent > 100) {
        return Err(invalid("trace_percent", "must be from 0 to 100"));
    }
    match endpoint {
        None if percent.is_some() => Err(invalid(
            "trace_percent",
            "nothing is traced without otlp_endpoint: set it, or leave this out",
        )),
        None => Ok(None),
        Some(endpoint) => Ok(Some(SpansConfig { endpoint: address(endpoint)?, percent })),
    }
}

/// A collector's address with the path for traces, unless it has that already.
fn address(text: &str) -> Result<Uri, ConfigError> {
    let wrong = || {
        invalid(
            "otlp_endpoint",
            "must look like http://localhost:4318, without user, query and fragment; spans go to /v1/traces under it",
        )
    };
    let base = text.trim_end_matches('/');
    let whole = if base.ends_with(PATH) { base.to_owned() } else { format!("{base}{PATH}") };
    let uri: Uri = whole.parse().map_err(|_| wrong())?;
    let scheme_fits = matches!(uri.scheme_str(), Some("http" | "https"));
    let host_fits = uri.authority().is_some_and(|of| !of.host().is_empty() && !of.as_str().contains('@'));
    if scheme_fits && host_fits && !text.contains(['?', '#']) { Ok(uri) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collectors_address_gets_its_path_once_and_is_refused_where_it_is_none() {
        let of = |text| spans(Some(text), None).map(|config| config.unwrap().endpoint.to_string());
        for good in ["http://c:4318", "http://c:4318/", "http://c:4318/v1/traces"] {
            assert_eq!(of(good).unwrap(), "http://c:4318/v1/traces", "{good}");
        }
        assert_eq!(of("https://h/otlp").unwrap(), "https://h/otlp/v1/traces");
        for wrong in ["", "c:4318", "grpc://c:4317", "http://user:secret@c", "http://c/?q=1"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_share_of_nothing_is_refused() {
        assert!(spans(None, Some(10)).is_err());
        assert!(spans(Some("http://c:4318"), Some(101)).is_err());
        assert!(spans(None, None).unwrap().is_none());
    }
}
