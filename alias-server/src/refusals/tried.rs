//! What a refused request tried, in the words of the audit log.

use actix_web::HttpRequest;
use actix_web::http::Method;
use alias_core::audit::Refusal;
use percent_encoding::percent_decode_str;

use crate::error::Code;

/// The most characters of a name.
const MAX_NAME: usize = 256;

/// Paths of the admin API, and what the log calls the objects that are there: the word that actions begin with, and
/// the kind. The first that begins a path counts.
const OBJECTS: [(&str, &str, &str); 24] = [
    ("/api/model-aliases", "alias", "model_alias"),
    ("/api/model-access-groups", "group", "access_group"),
    ("/api/organizations", "organization", "organization"),
    ("/api/teams/{team}/keys", "key", "key"),
    ("/api/teams", "team", "team"),
    ("/api/admin-users", "account", "account"),
    ("/api/admin-tokens", "admin_token", "admin_token"),
    ("/api/webhooks", "webhook", "webhook"),
    ("/api/notices", "notice", "notice"),
    ("/api/credits", "credits", "team"),
    ("/api/budgets", "budget", "budget"),
    ("/api/catalog", "catalog", "provider_model"),
    ("/api/instances", "instance", "instance"),
    ("/api/usage", "usage", "usage"),
    ("/api/stats", "usage", "usage"),
    ("/api/audit", "audit", "audit_log"),
    ("/api/explain", "explanation", "explanation"),
    ("/api/replicas", "replica", "replica"),
    ("/api/upstream", "system", "system"),
    ("/api/apply", "catalogue", "catalogue"),
    ("/api/plan", "catalogue", "catalogue"),
    ("/api/export", "catalogue", "catalogue"),
    ("/version", "system", "system"),
    ("/metrics", "system", "system"),
];

/// An action, and what it would have been done to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tried {
    action: String,
    object: &'static str,
    name: String,
}

impl Tried {
    /// What a request to the admin API tried.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let pattern = request.match_pattern().unwrap_or_default();
        let placeholder = request.match_info().iter().last().map(|(_, value)| value);
        let name = percent_decode_str(placeholder.unwrap_or_default()).decode_utf8_lossy();
        let (action, object) = action(request.method(), &pattern);
        Self { action, object, name: short(&name) }
    }

    /// To sign in, as somebody.
    pub(super) fn to_sign_in(who: String) -> Self {
        Self { action: "session.create".into(), object: "session", name: short(&who) }
    }

    /// To get in at all.
    pub(super) fn to_get_in(is_call: bool) -> Self {
        let (action, object) = if is_call { ("call.access", "call") } else { ("admin.access", "admin_api") };
        Self { action: action.into(), object, name: String::new() }
    }

    /// What the log says of it.
    pub(super) fn refused(self, code: Code) -> Refusal {
        Refusal {
            action: self.action,
            object: self.object.into(),
            name: self.name,
            code: code.word().into(),
            count: 1,
        }
    }
}

/// `team.suspend` for `POST /api/teams/{team}/suspend`: the verb is the path's last word, or the method's.
fn action(method: &Method, pattern: &str) -> (String, &'static str) {
    let found = OBJECTS.iter().find(|(path, ..)| pattern.starts_with(path));
    let (path, word, object) = found.copied().unwrap_or((pattern, "admin", "admin_api"));
    let last = pattern.strip_prefix(path).and_then(|rest| rest.rsplit('/').next()).unwrap_or_default();
    let verb = match *method {
        Method::GET | Method::HEAD => "read",
        _ if !last.is_empty() && !last.starts_with('{') => last,
        Method::POST => "create",
        Method::DELETE => "delete",
        _ => "update",
    };
    (format!("{word}.{}", verb.replace('-', "_")), object)
}

fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_request_is_called_what_it_would_have_done() {
        for (method, pattern, expected) in [
            (Method::POST, "/api/teams/{team}/suspend", "team.suspend"),
            (Method::PUT, "/api/teams/{team}", "team.update"),
            (Method::DELETE, "/api/teams/{team}/keys/{key}", "key.delete"),
            (Method::POST, "/api/teams/{team}/keys/{key}/rotate", "key.rotate"),
            (Method::POST, "/api/model-access-groups/{group}/add-models", "group.add_models"),
            (Method::POST, "/api/model-aliases/create", "alias.create"),
            (Method::POST, "/api/model-aliases", "alias.create"),
            (Method::PATCH, "/api/model-aliases/{alias}", "alias.update"),
            (Method::POST, "/api/webhooks/{webhook}/rotate-secret", "webhook.rotate_secret"),
            (Method::DELETE, "/api/budgets/{budget}", "budget.delete"),
            (Method::GET, "/api/audit/verify", "audit.read"),
            (Method::GET, "/version", "system.read"),
            (Method::POST, "/api/unheard-of", "admin.create"),
        ] {
            assert_eq!(action(&method, pattern).0, expected, "{method} {pattern}");
        }
    }

    #[test]
    fn every_admin_route_has_an_object() {
        for (path, _) in crate::routes::listed() {
            // Jobs are what teams do with their keys.
            if path.starts_with("/api/") && !path.starts_with("/api/jobs") {
                assert!(OBJECTS.iter().any(|(start, ..)| path.starts_with(start)), "{path}");
            }
        }
    }

    #[test]
    fn a_name_is_cut_and_holds_no_control_characters() {
        let name = format!("a\u{1b}[31m{}", "x".repeat(1_000));
        let refusal = Tried::to_sign_in(name).refused(Code::InvalidCredentials);
        assert_eq!(refusal.name.chars().count(), MAX_NAME);
        assert!(!refusal.name.contains('\u{1b}'));
    }
}
