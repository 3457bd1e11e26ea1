//! `/api/organizations`.

use actix_web::http::Method;
use alias_core::money::MicroCredits;
use alias_core::organization::{
    CreatedOrganization, Organization, OrganizationDetails, OrganizationSummary, Standing, Status,
};
use alias_core::repository::{Page, StoreError};
use alias_core::testing::id;
use alias_core::usage::UsageStats;
use serde_json::json;

use super::{Storage, get, noon, request, send, serve, teams, usage, written};

fn organization() -> Organization {
    Organization {
        uid: id(1),
        organization_id: "org_newclient".parse().unwrap(),
        name: "New Client Inc".into(),
        metadata: alias_core::alias::Metadata::new(),
        status: Status::default(),
        version: 1,
        created_at: noon(),
        updated_at: noon(),
    }
}

fn details() -> OrganizationDetails {
    OrganizationDetails {
        organization: organization(),
        teams: vec![teams::summary()],
        usage: usage(),
        total_jobs: 0,
        managed_by: None,
    }
}

fn empty() -> OrganizationDetails {
    OrganizationDetails {
        organization: organization(),
        teams: vec![],
        usage: UsageStats::default(),
        total_jobs: 0,
        managed_by: None,
    }
}

fn with_organization() -> Storage {
    let mut storage = Storage::default();
    storage.organizations.expect_find().returning(|id| Ok((id.as_str() == "org_newclient").then(details)));
    storage
}

const GUIDE: &str = r#"{"organization_id": "org_newclient", "name": "New Client Inc"}"#;

#[actix_web::test]
async fn a_creation_as_in_the_guide_makes_no_team() {
    let mut storage = Storage::default();
    storage
        .organizations
        .expect_create()
        .withf(|_, team, _| team.is_none())
        .returning(|_, _, _| Ok(written(CreatedOrganization { organization: empty(), team: None })));
    let answer = storage.serve(send(Method::POST, "/api/organizations/create", GUIDE)).await;
    assert_eq!((answer.status, answer.header("location")), (201, "/api/organizations/org_newclient"));
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "created_at": "2024-10-14T12:00:00Z",
      "default_team": null,
      "managed_by": null,
      "metadata": {},
      "name": "New Client Inc",
      "organization_id": "org_newclient",
      "pause_until": null,
      "status": "active",
      "status_reason": null,
      "team_count": 0,
      "teams": [],
      "total_credits_allocated": 0,
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
      "version": 1
    }
    "#);
}

#[actix_web::test]
async fn a_default_team_comes_with_its_key() {
    let mut storage = Storage::default();
    storage.organizations.expect_create().times(1).returning(|_, team, _| {
        let mut made = teams::details();
        made.team.team_id = team.unwrap().0.team_id;
        Ok(written(CreatedOrganization { organization: details(), team: Some(made) }))
    });
    let body =
        r#"{"organization_id": "org_newclient", "name": "New Client Inc", "create_default_team": true}"#;
    let answer = storage.serve(send(Method::POST, "/api/organizations", body)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let team = &answer.json()["default_team"];
    assert_eq!(team["team_id"], "org_newclient-default");
    assert!(team["virtual_key"].as_str().unwrap().starts_with("sk-"));
}

#[actix_web::test]
async fn an_organization_whose_default_team_is_taken_is_refused_as_a_whole() {
    let mut storage = Storage::default();
    storage.organizations.expect_create().returning(|_, team, _| {
        Err(StoreError::AlreadyExists { kind: "team", name: team.unwrap().0.team_id.to_string() })
    });
    let body =
        r#"{"organization_id": "org_newclient", "name": "New Client Inc", "create_default_team": true}"#;
    let answer = storage.serve(send(Method::POST, "/api/organizations/create", body)).await;
    assert_eq!(answer.refusal(), (409, "team_already_exists".into()));
}

#[actix_web::test]
async fn an_organization_shows_its_teams_and_what_they_used() {
    let answer = with_organization().serve(get("/api/organizations/org_newclient")).await;
    assert_eq!((answer.status, answer.header("etag")), (200, "\"1\""));
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "created_at": "2024-10-14T12:00:00Z",
      "managed_by": null,
      "metadata": {},
      "name": "New Client Inc",
      "organization_id": "org_newclient",
      "pause_until": null,
      "status": "active",
      "status_reason": null,
      "team_count": 1,
      "teams": [
        {
          "credits_allocated": 1000,
          "credits_remaining": 1000,
          "status": "active",
          "team_alias": "Production",
          "team_id": "newclient-prod"
        }
      ],
      "total_credits_allocated": 1000,
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
      "version": 1
    }
    "#);
    let answer = with_organization().serve(get("/api/organizations/org_newclient/teams")).await;
    let body = answer.json();
    assert_eq!((&body["team_count"], &body["teams"][0]["team_id"]), (&json!(1), &json!("newclient-prod")));
    let missing = with_organization().serve(get("/api/organizations/other")).await;
    assert_eq!(missing.refusal(), (404, "organization_not_found".into()));
}

#[actix_web::test]
async fn the_list_counts_teams_and_credits() {
    let mut storage = Storage::default();
    storage.organizations.expect_list().returning(|_| {
        let total_credits_allocated = MicroCredits::new(1_500_000);
        let item = OrganizationSummary {
            organization: organization(),
            team_count: 2,
            total_credits_allocated,
            managed_by: Some("platform-repo".parse().unwrap()),
        };
        Ok(Page { items: vec![item], total: 1, next: None })
    });
    let answer = storage.serve(get("/api/organizations")).await;
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "has_more": false,
      "next_cursor": null,
      "organizations": [
        {
          "created_at": "2024-10-14T12:00:00Z",
          "managed_by": "platform-repo",
          "metadata": {},
          "name": "New Client Inc",
          "organization_id": "org_newclient",
          "pause_until": null,
          "status": "active",
          "status_reason": null,
          "team_count": 2,
          "total_credits_allocated": 1.5,
          "updated_at": "2024-10-14T12:00:00Z",
          "version": 1
        }
      ],
      "total": 1
    }
    "#);
}

#[actix_web::test]
async fn a_standing_is_set_with_its_reason() {
    let mut storage = Storage::default();
    storage
        .organizations
        .expect_update()
        .withf(|_, change, _, _| {
            let status = change.status.clone().unwrap_or_default();
            status.status == Standing::Suspended && status.status_reason.as_deref() == Some("invoice overdue")
        })
        .returning(|_, _, _, _| Ok(written(details())));
    let body = r#"{"status": "suspended", "reason": "invoice overdue"}"#;
    let answer = storage.serve(send(Method::PUT, "/api/organizations/org_newclient/status", body)).await;
    assert_eq!(answer.status, 200);
    let answer = serve(send(Method::PUT, "/api/organizations/org_newclient/status", "{}")).await;
    assert_eq!(answer.refusal(), (422, "missing_field".into()));
    let body = r#"{"status": "paused", "pause_until": "2024-10-14T12:00:00Z"}"#;
    let answer = serve(send(Method::PUT, "/api/organizations/org_newclient/status", body)).await;
    assert_eq!(answer.refusal(), (422, "invalid_value".into()), "a pause that is over");
}

#[actix_web::test]
async fn a_deletion_needs_the_id_once_more() {
    for path in ["/api/organizations/org_newclient", "/api/organizations/org_newclient?confirm=other"] {
        let answer = with_organization().serve(request(Method::DELETE, path)).await;
        assert_eq!(answer.refusal(), (422, "invalid_value".into()));
        assert!(answer.text.contains("?confirm=org_newclient"));
    }
    let mut storage = with_organization();
    storage.organizations.expect_delete().returning(|_, _, _| Ok(written(details())));
    let path = "/api/organizations/org_newclient?confirm=org_newclient";
    let answer = storage.serve(request(Method::DELETE, path)).await;
    assert_eq!((answer.status, &answer.json()["teams_deleted"]), (200, &json!(["newclient-prod"])));
}
