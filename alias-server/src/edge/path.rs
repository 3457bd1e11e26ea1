//! One way to write a path.

use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;

/// Leaves out slashes that follow another, and those at the end of the path.
pub(super) fn simplify(request: &mut ServiceRequest) {
    let path = request.uri().path();
    if !path.contains("//") && (path.len() == 1 || !path.ends_with('/')) {
        return;
    }
    let Some(uri) = simple(request.uri()) else { return };
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
}

fn simple(uri: &Uri) -> Option<Uri> {
    let parts: Vec<&str> = uri.path().split('/').filter(|part| !part.is_empty()).collect();
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let target: PathAndQuery = format!("/{}{query}", parts.join("/")).parse().ok()?;
    let mut whole = uri.clone().into_parts();
    whole.path_and_query = Some(target);
    Uri::from_parts(whole).ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_path_has_no_slash_too_many_and_its_query_stays() {
        for (sent, path, uri) in [
            ("/v1/models", "/v1/models", "/v1/models"),
            ("/v1//models///", "/v1/models", "/v1/models"),
            ("//v1/models/?q=a//b/", "/v1/models", "/v1/models?q=a//b/"),
            ("/v1/models/a%2F/", "/v1/models/a%2F", "/v1/models/a%2F"),
            ("/", "/", "/"),
            ("///", "/", "/"),
            ("/?a", "/", "/?a"),
            ("*", "*", "*"),
            ("http://host.example/ui/", "/ui", "http://host.example/ui"),
        ] {
            let mut request = TestRequest::default().to_srv_request();
            request.head_mut().uri = sent.parse().unwrap();
            request.match_info_mut().get_mut().update(&sent.parse().unwrap());
            simplify(&mut request);
            assert_eq!((request.path(), request.uri().to_string().as_str()), (path, uri), "{sent}");
            assert_eq!(request.match_info().unprocessed(), path, "{sent}");
        }
    }
}
