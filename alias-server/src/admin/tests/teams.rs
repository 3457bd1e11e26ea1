//! `/api/teams`.

use actix_web::http::Method;
use alias_core::group::{AccessGroup, GroupDetails};
use alias_core::money::MicroCredits;
use alias_core::organization::{Standing, Status};
use alias_core::repository::{Page, TeamQuery};
use alias_core::team::{Team, TeamDetails, TeamSummary};
use alias_core::testing::id;
use alias_core::usage::UsageStats;
use serde_json::{Value, json};

use super::groups::{member, starter};
use super::{Storage, get, noon, request, send, serve, team_key, usage, written};

fn team() -> Team {
    Team {
        uid: id(1),
        organization_id: "org_newclient".parse().unwrap(),
        team_id: "newclient-prod".parse().unwrap(),
        team_alias: "Production".into(),
        default_model: None,
        limits: alias_core::limit::Limits::default(),
        billing: alias_core::credits::Billing::default(),
        metadata: alias_core::alias::Metadata::new(),
        status: Status::default(),
        version: 3,
        created_at: noon(),
        updated_at: noon(),
    }
}

fn credits() -> alias_core::credits::Balance {
    let allocated = MicroCredits::new(1_000_000_000);
    alias_core::credits::Balance { allocated, full: allocated, ..Default::default() }
}

pub(super) fn details() -> TeamDetails {
    TeamDetails {
        credits: credits(),
        team: team(),
        access_groups: vec!["starter-models".parse().unwrap()],
        allowed_model_aliases: vec!["gpt-3.5-turbo".parse().unwrap()],
        keys: vec![team_key(1), team_key(2)],
        usage: usage(),
        total_jobs: 0,
        managed_by: None,
    }
}

pub(super) fn summary() -> TeamSummary {
    TeamSummary {
        team: team(),
        access_groups: vec!["starter-models".parse().unwrap()],
        credits: credits(),
        managed_by: None,
    }
}

fn with_team() -> Storage {
    let mut storage = Storage::default();
    storage.teams.expect_find().returning(|id| Ok((id.as_str() == "newclient-prod").then(details)));
    storage
}

#[actix_web::test]
async fn a_creation_as_in_the_guide_shows_the_key_once() {
    let mut storage = Storage::default();
    storage.teams.expect_create().returning(|new, key, _| {
        assert_eq!(new.credits_allocated, MicroCredits::new(1_000_000_000));
        let mut shown = team_key(1);
        (shown.key_id, shown.virtual_key_masked) = (key.secret.id().clone(), key.secret.masked());
        Ok(written(TeamDetails { keys: vec![shown], usage: UsageStats::default(), ..details() }))
    });
    let body = r#"{"organization_id": "org_newclient", "team_id": "newclient-prod", "team_alias": "Production",
        "access_groups": ["starter-models"], "credits_allocated": 1000}"#;
    let answer = storage.serve(send(Method::POST, "/api/teams/create", body)).await;
    assert_eq!((answer.status, answer.header("location")), (201, "/api/teams/newclient-prod"));
    let body = answer.json();
    let (key, id) = (body["virtual_key"].as_str().unwrap(), body["key_id"].as_str().unwrap());
    assert!(alias_core::key::KeyDigest::of_presented(key).is_some(), "the key is one that is let in");
    assert!(key.starts_with(&format!("sk-{id}_")));
    assert_eq!(body["virtual_key_masked"], format!("sk-…{}", &key[key.len() - 4..]));
    insta::assert_json_snapshot!(body, {
        ".virtual_key" => "[key]", ".key_id" => "[id]", ".virtual_key_masked" => "[masked]",
    }, @r#"
    {
      "access_groups": [
        "starter-models"
      ],
      "allowed_model_aliases": [
        "gpt-3.5-turbo"
      ],
      "budget_mode": "job_based",
      "cost_markup_percentage": 0,
      "created_at": "2024-10-14T12:00:00Z",
      "credits_allocated": 1000,
      "credits_per_dollar": 10,
      "credits_remaining": 1000,
      "credits_used": 0,
      "default_model": null,
      "key_id": "[id]",
      "limit_mode": "hard_limit",
      "managed_by": null,
      "max_parallel_requests": null,
      "metadata": {},
      "organization_id": "org_newclient",
      "pause_until": null,
      "rpm_limit": null,
      "status": "active",
      "status_reason": null,
      "team_alias": "Production",
      "team_id": "newclient-prod",
      "tokens_per_credit": 10000,
      "tpm_limit": null,
      "updated_at": "2024-10-14T12:00:00Z",
      "usage_stats": {
        "avg_tokens_per_call": 0,
        "denied_calls": 0,
        "failed_calls": 0,
        "last_used_at": null,
        "total_billed_usd": 0,
        "total_calls": 0,
        "total_cost_usd": 0,
        "unpriced_calls": 0
      },
      "usage_summary": {
        "credits_used": 0,
        "total_cost_usd": 0,
        "total_jobs": 0
      },
      "version": 3,
      "virtual_key": "[key]",
      "virtual_key_masked": "[masked]"
    }
    "#);
}

#[actix_web::test]
async fn a_team_never_shows_its_key_again() {
    let answer = with_team().serve(get("/api/teams/newclient-prod")).await;
    assert_eq!((answer.status, answer.header("etag")), (200, "\"3\""));
    assert!(!answer.text.contains(alias_core::testing::key(1).expose()));
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "access_groups": [
        "starter-models"
      ],
      "allowed_model_aliases": [
        "gpt-3.5-turbo"
      ],
      "budget_mode": "job_based",
      "cost_markup_percentage": 0,
      "created_at": "2024-10-14T12:00:00Z",
      "credits_allocated": 1000,
      "credits_per_dollar": 10,
      "credits_remaining": 1000,
      "credits_used": 0,
      "default_model": null,
      "key_id": "aaaaaaaaaaaacaaa",
      "limit_mode": "hard_limit",
      "managed_by": null,
      "max_parallel_requests": null,
      "metadata": {},
      "organization_id": "org_newclient",
      "pause_until": null,
      "rpm_limit": null,
      "status": "active",
      "status_reason": null,
      "team_alias": "Production",
      "team_id": "newclient-prod",
      "tokens_per_credit": 10000,
      "tpm_limit": null,
      "updated_at": "2024-10-14T12:00:00Z",
      "usage_stats": {
        "avg_tokens_per_call": 850,
        "denied_calls": 3,
        "failed_calls": 12,
        "last_used_at": "2024-10-14T12:00:00Z",
        "total_billed_usd": 300.1,
        "total_calls": 1543,
        "total_cost_usd": 234.56,
        "unpriced_calls": 0
      },
      "usage_summary": {
        "credits_used": 0,
        "total_cost_usd": 234.56,
        "total_jobs": 0
      },
      "version": 3,
      "virtual_key": null,
      "virtual_key_masked": "sk-…i4sy"
    }
    "#);
    assert_eq!(with_team().serve(get("/api/teams/other")).await.refusal(), (404, "team_not_found".into()));
}

#[actix_web::test]
async fn the_list_is_filtered_by_organization_and_status() {
    let mut storage = Storage::default();
    let expected = TeamQuery {
        organization_id: Some("org_newclient".parse().unwrap()),
        status: Some(Standing::Suspended),
        ..TeamQuery::default()
    };
    storage
        .teams
        .expect_list()
        .withf(move |query| *query == expected)
        .returning(|_| Ok(Page { items: vec![summary()], total: 1, next: None }));
    let answer = storage.serve(get("/api/teams?organization_id=org_newclient&status=suspended")).await;
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "has_more": false,
      "next_cursor": null,
      "teams": [
        {
          "access_groups": [
            "starter-models"
          ],
          "budget_mode": "job_based",
          "cost_markup_percentage": 0,
          "created_at": "2024-10-14T12:00:00Z",
          "credits_allocated": 1000,
          "credits_per_dollar": 10,
          "credits_remaining": 1000,
          "credits_used": 0,
          "default_model": null,
          "limit_mode": "hard_limit",
          "managed_by": null,
          "max_parallel_requests": null,
          "metadata": {},
          "organization_id": "org_newclient",
          "pause_until": null,
          "rpm_limit": null,
          "status": "active",
          "status_reason": null,
          "team_alias": "Production",
          "team_id": "newclient-prod",
          "tokens_per_credit": 10000,
          "tpm_limit": null,
          "updated_at": "2024-10-14T12:00:00Z",
          "version": 3
        }
      ],
      "total": 1
    }
    "#);
    assert_eq!(serve(get("/api/teams?status=gone")).await.refusal(), (400, "invalid_value".into()));
}

#[actix_web::test]
async fn groups_are_replaced_by_an_object_or_a_bare_list_and_may_be_none() {
    for (path, body, count) in [
        ("/api/teams/newclient-prod/access-groups", r#"["starter-models"]"#, 1),
        ("/api/teams/newclient-prod/access-groups", r#"{"access_groups": []}"#, 0),
        ("/api/teams/newclient-prod", r#"{"access_groups": []}"#, 0),
    ] {
        let mut storage = with_team();
        storage
            .teams
            .expect_update()
            .withf(move |_, change, _, _| {
                change.access_groups.as_ref().is_some_and(|groups| groups.len() == count)
            })
            .returning(|_, _, _, _| Ok(written(details())));
        assert_eq!(storage.serve(send(Method::PUT, path, body)).await.status, 200, "{body}");
    }
}

#[actix_web::test]
async fn a_standing_is_changed_by_both_verbs_with_and_without_a_body() {
    for (method, word, body, standing) in [
        (Method::POST, "suspend", "", Standing::Suspended),
        (Method::PUT, "suspend", r#"{"reason": "invoice overdue"}"#, Standing::Suspended),
        (Method::POST, "pause", r#"{"pause_until": "2024-10-14T13:00:00Z"}"#, Standing::Paused),
        (Method::POST, "resume", "{}", Standing::Active),
    ] {
        let mut storage = Storage::default();
        storage
            .teams
            .expect_update()
            .withf(move |_, change, _, _| {
                change.status.as_ref().is_some_and(|status| status.status == standing)
            })
            .returning(move |_, change, _, _| {
                let mut details = details();
                details.team.status = change.status.unwrap();
                Ok(written(details))
            });
        let answer = storage.serve(send(method, &format!("/api/teams/newclient-prod/{word}"), body)).await;
        assert_eq!((answer.status, &answer.json()["status"]), (200, &json!(standing.as_str())), "{word}");
    }
    let wrong =
        send(Method::POST, "/api/teams/newclient-prod/resume", r#"{"pause_until": "2024-10-14T13:00:00Z"}"#);
    assert_eq!(serve(wrong).await.refusal(), (422, "invalid_value".into()));
}

#[actix_web::test]
async fn a_teams_models_are_the_active_ones_of_its_active_groups() {
    let group =
        |name: &str, active| AccessGroup { group_name: name.parse().unwrap(), active, ..starter().group };
    let mut storage = Storage::default();
    storage.teams.expect_find().returning(|_| {
        let access_groups = ["off", "one", "two"].map(|name| name.parse().unwrap()).to_vec();
        Ok(Some(TeamDetails { access_groups, ..details() }))
    });
    storage.groups.expect_find().returning(move |name| {
        let members = match name.as_str() {
            "off" => vec![member("gpt-4o", true)],
            "one" => vec![member("gpt-4", true), member("old", false)],
            _ => vec![member("gpt-4", true)],
        };
        Ok(Some(GroupDetails {
            group: group(name.as_str(), name.as_str() != "off"),
            members,
            teams: vec![],
            managed_by: None,
        }))
    });
    let answer = storage.serve(get("/api/teams/newclient-prod/models")).await;
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "models": [
        {
          "alias": "gpt-4",
          "description": "Fast model for simple tasks",
          "litellm_model": "openai/gpt-4",
          "via_groups": [
            "one",
            "two"
          ]
        }
      ],
      "status": "active",
      "team_id": "newclient-prod"
    }
    "#);
}

#[actix_web::test]
async fn credits_cannot_be_written_by_an_update() {
    for body in
        [r#"{"credits_allocated": 5}"#, r#"{"virtual_key": "sk-chosen"}"#, r#"{"status": "suspended"}"#]
    {
        let answer = with_team().serve(send(Method::PUT, "/api/teams/newclient-prod", body)).await;
        assert_eq!(answer.refusal(), (422, "immutable_field".into()), "{body}");
    }
}

#[actix_web::test]
async fn a_deletion_says_how_many_keys_ended() {
    let mut storage = Storage::default();
    storage.teams.expect_delete().returning(|_, _, _| Ok(written(details())));
    let answer = storage.serve(request(Method::DELETE, "/api/teams/newclient-prod")).await;
    let expected: Value = json!({
        "message": "Team 'newclient-prod' deleted successfully", "team_id": "newclient-prod",
        "organization_id": "org_newclient", "deleted": true, "keys_revoked": 2,
    });
    assert_eq!(answer.json(), expected);
}
