//! Several changes of aliases as one.

use serde_json::{Value, json};

use crate::server::{Setup, databases};

#[test]
fn many_changes_are_made_together_or_not_at_all() {
    for database in databases() {
        let server = Setup { database, ..Setup::default() }.start();
        server.onboard(&[("smart", "openai/gpt-4"), ("old", "openai/gpt-3.5-turbo")]);
        let before = server.ok("GET", "/api/audit", None)["total"].as_u64().unwrap();
        let send = |operations: Value| {
            server.admin("POST", "/api/model-aliases/bulk", Some(json!({"operations": operations})))
        };
        let refused = send(json!([
            {"op": "create", "alias": "new", "litellm_model": "openai/gpt-4o"},
            {"op": "update", "alias": "smart", "litellm_model": "openai/gpt-4o", "if_version": 9},
        ]));
        let why = refused.json();
        assert_eq!(
            (refused.status, &why["code"], &why["operation"]),
            (412, &"version_conflict".into(), &1.into())
        );
        let wrong = send(json!([
            {"op": "create", "alias": "new", "litellm_model": "gpt-4o"},
            {"op": "update", "alias": "smart", "litelm_model": "openai/gpt-4o"},
            {"op": "destroy", "alias": "old"},
            {"op": "delete", "alias": "old", "force": true},
            {"op": "create", "alias": "other", "litellm_model": "openai/gpt-4o", "parameters": {"temprature": {"max": 1}}},
            {"op": "update", "alias": "smart", "parameters": {"nowhere": {"forbid": true}}},
        ]));
        let fields: Vec<Value> =
            wrong.json()["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
        let named = [
            "operations[0].litellm_model",
            "operations[1].litelm_model",
            "operations[2].op",
            "operations[3].force",
            "operations[4].parameters",
            "operations[5].parameters",
        ];
        assert_eq!((wrong.status, json!(fields)), (422, json!(named)));
        // What does not go together with what is there is found where the change is made.
        for change in [
            json!({"match": "prefix"}),
            json!({"parameters": {"stream": {"override": true}}}),
            json!({"overrides": [{"litellm_model": "openai/gpt-4o"}]}),
        ] {
            let mut update = json!({"op": "update", "alias": "smart"});
            update.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let refused =
                send(json!([{"op": "create", "alias": "new", "litellm_model": "openai/gpt-4o"}, update]));
            let why = refused.json();
            assert_eq!((refused.status, &why["operation"]), (422, &1.into()), "{change}: {why}");
        }
        assert_eq!(server.ok("GET", "/api/model-aliases", None)["total"], 2, "nothing was changed");
        let done = send(json!([
            {"op": "create", "alias": "new", "litellm_model": "openai/gpt-4o", "access_groups": ["all"]},
            {"op": "update", "alias": "smart", "litellm_model": "openai/gpt-4o", "if_version": 1},
            {"op": "delete", "alias": "old"},
        ]));
        let results = done.json();
        assert_eq!(done.status, 200, "{results}");
        let smart = &results["results"][1]["alias"];
        assert_eq!(
            (&smart["version"], &results["results"][2]["deleted"]["teams_affected"]),
            (&2.into(), &1.into())
        );
        let team = server.ok("GET", "/api/teams/team", None);
        assert_eq!(team["allowed_model_aliases"], json!(["new", "smart"]), "the next request sees all of it");
        let audit = server.ok("GET", "/api/audit", None);
        let records = audit["records"].as_array().unwrap();
        assert_eq!(audit["total"].as_u64().unwrap(), before + 3, "a record each");
        assert!(
            records.iter().take(3).all(|record| record["revision"] == records[0]["revision"]),
            "{records:?}"
        );
        assert_eq!(server.ok("GET", "/api/audit/verify", None)["valid"], true);
    }
}
