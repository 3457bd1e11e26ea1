//! Jobs: a credit is reserved, charged or given back exactly once, whoever asks how often.

use alias_core::alias::{AliasId, Metadata};
use alias_core::credits::{Balance, BudgetMode, LimitMode, TransactionKind};
use alias_core::job::{CallStatus, Finish, Job, JobCredit, JobId, JobPolicy, JobStatus, NewJob};
use alias_core::money::MicroCredits;
use alias_core::repository::{
    CreditFault, CreditRepository, Granted, JobCall, JobQuery, JobRepository, LeaseRepository,
    OrganizationRepository, StoreError, TeamRepository, Tenure, UsageRepository, Wish,
};
use alias_core::team::{TeamEdit, TeamUid};
use alias_core::usage::{JobRef, Outcome, PriceBasis, Settlement, UsageEvent};
use serde_json::json;

use crate::credits::{balance, ledger, team_with};
use crate::usage::{event, instance};
use crate::world::{World, by, on_each_database, team_id, window};

const ONE: i64 = 1_000_000;
const HOUR: std::time::Duration = std::time::Duration::from_hours(1);

fn new() -> NewJob {
    NewJob { job_type: "analysis".into(), user_id: None, metadata: Metadata::new() }
}

async fn created(world: &World, team: TeamUid) -> Job {
    JobRepository::create(&world.store, team, new()).await.unwrap()
}

async fn found(world: &World, team: TeamUid, job: JobId) -> Job {
    JobRepository::find(&world.store, team, job).await.unwrap().unwrap()
}

async fn finish(world: &World, team: TeamUid, job: JobId, status: JobStatus) -> Result<Job, StoreError> {
    world.store.finish(team, job, Finish::with(status), JobPolicy::default()).await
}

fn call(number: u64) -> JobCall {
    let metadata = serde_json::from_value(json!({"page": number})).unwrap();
    let call_id = alias_core::testing::id(number);
    JobCall { call_id, purpose: Some("look".into()), metadata, paid_by_job: true }
}

/// The call of that number, as part of a job.
fn of_job(number: u64, alias: AliasId, team: TeamUid, job: &Job) -> UsageEvent {
    let mut event = event(number, alias);
    event.call.team_uid = team;
    event.call.job = Some(JobRef { id: job.job_id.to_string(), kind: job.job_type.clone() });
    event.settlement =
        Settlement { mode: BudgetMode::JobBased, basis: PriceBasis::Reported, ..Settlement::default() };
    event
}

/// Ships calls of a job that were begun before.
async fn ship(world: &World, first: u64, events: &[UsageEvent]) {
    world.store.announce(instance(1), 1 + first).await.unwrap();
    world.store.ship(instance(1), first, events).await.unwrap();
}

async fn set_team(world: &World, edit: TeamEdit) {
    TeamRepository::update(&world.store, &team_id("t"), edit.parse().unwrap(), None, &by()).await.unwrap();
}

fn of(allocated: i64, used: i64, leased: i64) -> Balance {
    let [allocated, used, leased] = [allocated, used, leased].map(|n| MicroCredits::new(n * ONE));
    Balance { allocated, used, leased, full: allocated }
}

fn is_spent(refused: &StoreError, held_by_others: bool) -> bool {
    matches!(refused, StoreError::Credits(CreditFault::Spent { others }) if *others == held_by_others)
}

on_each_database! {
    async fn a_job_reserves_a_credit_and_its_end_charges_it_or_gives_it_back(world) {
        let team = team_with(world, 2 * ONE).await;
        let (done, failed) = (created(world, team).await, created(world, team).await);
        assert_eq!((done.status, done.credit, done.team_id.as_str()), (JobStatus::Pending, JobCredit::Reserved, "t"));
        assert_eq!(balance(world).await, of(2, 0, 2));
        let refused = JobRepository::create(&world.store, team, new()).await.unwrap_err();
        assert!(is_spent(&refused, false), "{refused:?}");
        let done = finish(world, team, done.job_id, JobStatus::Completed).await.unwrap();
        let failed = finish(world, team, failed.job_id, JobStatus::Failed).await.unwrap();
        assert_eq!((done.credit, failed.credit), (JobCredit::Charged, JobCredit::Released));
        assert_eq!(balance(world).await, of(2, 1, 0));
        let page = world.store.transactions(&team_id("t"), &window(10)).await.unwrap().unwrap();
        let line = &page.items[0];
        assert_eq!((line.kind, line.amount.micros(), line.balance_after.micros()), (TransactionKind::Job, -ONE, ONE));
        assert_eq!(line.job_id.as_deref(), Some(done.job_id.to_string().as_str()));
        assert_eq!((page.total, ledger(world).await), (2, ONE));
        created(world, team).await;
    }

    async fn ending_again_changes_nothing_and_otherwise_is_refused(world) {
        let team = team_with(world, 5 * ONE).await;
        let job = created(world, team).await;
        let first = finish(world, team, job.job_id, JobStatus::Completed).await.unwrap();
        world.tick();
        assert_eq!(finish(world, team, job.job_id, JobStatus::Completed).await.unwrap(), first);
        let refused = finish(world, team, job.job_id, JobStatus::Failed).await.unwrap_err();
        assert!(matches!(refused, StoreError::JobFinished { status: "completed", .. }), "{refused:?}");
        let refused = world.store.begin_call(team, job.job_id, call(1)).await.unwrap_err();
        assert!(matches!(refused, StoreError::JobFinished { .. }), "{refused:?}");
        assert_eq!(world.count("job_calls"), 0);
        assert_eq!(balance(world).await, of(5, 1, 0));
    }

    async fn of_twenty_who_end_a_job_at_once_one_is_charged(world) {
        let team = team_with(world, 30 * ONE).await;
        let jobs: Vec<Job> = { let mut all = Vec::new(); for _ in 0..4 { all.push(created(world, team).await); } all };
        let mut asking = Vec::new();
        for who in 0..20 {
            let (store, jobs) = (world.store.clone(), jobs.clone());
            asking.push(tokio::spawn(async move {
                let mut made = 0;
                for job in jobs {
                    let status = if who % 2 == 0 { JobStatus::Completed } else { JobStatus::Failed };
                    let ended = store.finish(team, job.job_id, Finish::with(status), JobPolicy::default()).await;
                    assert!(matches!(ended, Ok(_) | Err(StoreError::JobFinished { .. })), "{ended:?}");
                    made += u8::from(ended.is_ok());
                }
                made
            }));
        }
        for asked in asking {
            asked.await.unwrap();
        }
        let mut charged = 0;
        for job in jobs {
            let job = found(world, team, job.job_id).await;
            assert_eq!(job.credit == JobCredit::Charged, job.status == JobStatus::Completed);
            charged += i64::from(job.credit == JobCredit::Charged);
        }
        assert_eq!(balance(world).await, of(30, charged, 0));
        assert_eq!(ledger(world).await, (30 - charged) * ONE);
    }

    async fn of_twenty_who_create_at_once_as_many_get_one_as_there_are_credits(world) {
        let team = team_with(world, 7 * ONE + 999_999).await;
        let mut asking = Vec::new();
        for _ in 0..20 {
            let store = world.store.clone();
            asking.push(tokio::spawn(async move { JobRepository::create(&store, team, new()).await }));
        }
        let mut made = 0;
        for asked in asking {
            match asked.await.unwrap() {
                Ok(_) => made += 1,
                Err(why) => assert!(is_spent(&why, false), "{why:?}"),
            }
        }
        assert_eq!((made, world.count("jobs")), (7, 7));
        assert_eq!(balance(world).await.leased.micros(), 7 * ONE);
    }

    async fn what_servers_hold_is_not_there_for_jobs_and_is_said_to_be_theirs(world) {
        let team = team_with(world, 2 * ONE).await;
        let who = Tenure { instance: instance(1), boot: 1 };
        world.store.announce(instance(1), 1).await.unwrap();
        let account = alias_core::credits::AccountId::of_team(team);
        let granted = world.store.grant(who, Wish { account, budget: None, known: 0, need: ONE }).await.unwrap();
        assert!(matches!(granted, Granted::Lease(_)));
        created(world, team).await;
        let refused = JobRepository::create(&world.store, team, new()).await.unwrap_err();
        assert!(is_spent(&refused, true), "{refused:?}");
        // And what jobs reserve is nobody's to give back.
        let short = world.store.grant(who, Wish { account, budget: None, known: ONE, need: ONE }).await.unwrap();
        assert!(matches!(short, Granted::Short { available: 0, others: false, .. }), "{short:?}");
    }

    async fn a_team_without_a_limit_gets_its_jobs_and_goes_below_zero(world) {
        let team = team_with(world, 0).await;
        set_team(world, TeamEdit { limit_mode: Some(LimitMode::SoftLimit.as_str().into()), ..TeamEdit::default() }).await;
        let job = created(world, team).await;
        finish(world, team, job.job_id, JobStatus::Completed).await.unwrap();
        assert_eq!(balance(world).await.remaining().micros(), -ONE);
    }

    async fn calls_that_pay_for_themselves_need_no_credit_until_they_do_not(world) {
        let team = team_with(world, ONE).await;
        set_team(world, TeamEdit { budget_mode: Some("consumption_usd".into()), ..TeamEdit::default() }).await;
        let (one, other) = (created(world, team).await, created(world, team).await);
        assert_eq!((one.credit, balance(world).await), (JobCredit::None, of(1, 0, 0)));
        let own = JobCall { paid_by_job: false, ..call(1) };
        world.store.begin_call(team, one.job_id, own).await.unwrap();
        assert_eq!(found(world, team, one.job_id).await.credit, JobCredit::None);
        // The team went back to paying by the job.
        set_team(world, TeamEdit { budget_mode: Some("job_based".into()), ..TeamEdit::default() }).await;
        for number in 2..4 {
            world.store.begin_call(team, one.job_id, call(number)).await.unwrap();
        }
        assert_eq!(balance(world).await, of(1, 0, 1));
        let refused = world.store.begin_call(team, other.job_id, call(5)).await.unwrap_err();
        assert!(is_spent(&refused, false), "{refused:?}");
        assert_eq!(world.count("job_calls"), 3, "what was refused is not noted");
    }

    async fn a_job_is_charged_by_what_its_calls_were(world) {
        let team = team_with(world, 10 * ONE).await;
        let alias = world.alias("a").await.id;
        let ends = [
            (PriceBasis::Free, Outcome::Complete, JobStatus::Completed, false, JobCredit::Released),
            (PriceBasis::Reported, Outcome::Complete, JobStatus::Completed, false, JobCredit::Charged),
            (PriceBasis::Reported, Outcome::Complete, JobStatus::Failed, false, JobCredit::Released),
            (PriceBasis::Reported, Outcome::Complete, JobStatus::Failed, true, JobCredit::Charged),
            (PriceBasis::Reported, Outcome::Failed, JobStatus::Failed, true, JobCredit::Released),
        ];
        for (shipped, (basis, outcome, status, strict, credit)) in (0..).zip(ends) {
            let job = created(world, team).await;
            world.store.begin_call(team, job.job_id, call(shipped)).await.unwrap();
            let mut event = of_job(shipped, alias, team, &job);
            (event.settlement.basis, event.outcome) = (basis, outcome);
            // What a provider or a client says cannot pass for how it was counted.
            event.settlement.raw = Some(r#"{"mode":"job_based","basis":"free"}"#.into());
            ship(world, shipped, &[event]).await;
            let policy = JobPolicy { failed_jobs_with_calls_are_free: !strict };
            let ended = world.store.finish(team, job.job_id, Finish::with(status), policy).await.unwrap();
            assert_eq!(ended.credit, credit, "{basis:?} {outcome:?} {status:?} {strict}");
        }
        assert_eq!(world.sum("paid_successes", "jobs"), 3, "on record, whatever was charged");
        assert_eq!(balance(world).await, of(10, 2, 0));
    }

    async fn a_report_has_every_call_that_is_in_the_books_and_counts_the_others(world) {
        let team = team_with(world, 5 * ONE).await;
        let alias = world.alias("a").await.id;
        let job = created(world, team).await;
        for number in 0..3 {
            world.store.begin_call(team, job.job_id, call(number)).await.unwrap();
        }
        assert_eq!(found(world, team, job.job_id).await.status, JobStatus::InProgress);
        let mut failed = of_job(1, alias, team, &job);
        (failed.outcome, failed.tokens, failed.provider_cost) = (Outcome::Failed, None, None);
        failed.error_code = Some("upstream_timeout".into());
        ship(world, 0, &[of_job(0, alias, team, &job), failed]).await;
        let report = world.store.report(team, job.job_id).await.unwrap().unwrap();
        assert_eq!((report.costs.total_calls, report.costs.successful_calls, report.pending), (2, 1, 1));
        assert_eq!((report.costs.total_tokens, report.costs.total_cost.nanos(), report.costs.avg_latency_ms), (10, 100, 1));
        let seen: Vec<_> = report.calls.iter().map(|call| (call.status, call.tokens, call.purpose.as_deref())).collect();
        assert_eq!(seen, [(CallStatus::Complete, 10, Some("look")), (CallStatus::Failed, 0, Some("look"))]);
        assert_eq!(report.calls[0].metadata["page"], 0);
        assert_eq!(report.calls[1].error_code.as_deref(), Some("upstream_timeout"));
        world.store.forget_call(call(2).call_id).await.unwrap();
        assert_eq!(world.store.pending(job.job_id).await.unwrap(), 0);
        let details = TeamRepository::find(&world.store, &team_id("t")).await.unwrap().unwrap();
        let organization = OrganizationRepository::find(&world.store, &"acme".parse().unwrap()).await.unwrap().unwrap();
        assert_eq!((details.total_jobs, organization.total_jobs), (1, 1));
    }

    async fn a_job_of_another_team_is_not_there(world) {
        let team = team_with(world, 5 * ONE).await;
        let other = world.team("acme", "other", &[], 2).await.team.uid;
        let job = created(world, team).await.job_id;
        assert_eq!(JobRepository::find(&world.store, other, job).await.unwrap(), None);
        assert!(world.store.report(other, job).await.unwrap().is_none());
        let missing = |answer: Result<(), StoreError>| assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
        missing(finish(world, other, job, JobStatus::Completed).await.map(drop));
        missing(world.store.begin_call(other, job, call(1)).await);
        missing(world.store.add_metadata(other, job, Metadata::new()).await.map(drop));
        assert_eq!(JobRepository::list(&world.store, other, &JobQuery::default()).await.unwrap().total, 0);
        assert_eq!(balance(world).await, of(5, 0, 1));
    }

    async fn jobs_are_listed_newest_first_and_filtered(world) {
        let team = team_with(world, 5 * ONE).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(created(world, team).await.job_id);
        }
        finish(world, team, ids[1], JobStatus::Failed).await.unwrap();
        let list = async |query: JobQuery| {
            let page = JobRepository::list(&world.store, team, &query).await.unwrap();
            (page.total, page.items.iter().map(|job| job.job_id).collect::<Vec<_>>(), page.next)
        };
        let (total, first, next) = list(JobQuery { window: window(2), ..JobQuery::default() }).await;
        assert_eq!((total, first), (3, vec![ids[2], ids[1]]));
        let rest = alias_core::repository::Window { limit: 2, start: alias_core::repository::Start::After(next.unwrap()) };
        assert_eq!(list(JobQuery { window: rest, ..JobQuery::default() }).await, (3, vec![ids[0]], None));
        let failed = JobQuery { status: Some(JobStatus::Failed), ..JobQuery::default() };
        assert_eq!(list(failed).await.1, [ids[1]]);
        let none = JobQuery { job_type: Some("x\0".into()), ..JobQuery::default() };
        assert_eq!(list(none).await.0, 0);
        let of_team = world.store.list_of(&team_id("T"), &JobQuery::default()).await.unwrap().unwrap();
        assert_eq!(of_team.total, 3);
        assert!(world.store.list_of(&team_id("nobody"), &JobQuery::default()).await.unwrap().is_none());
    }

    async fn metadata_is_added_to_and_has_a_bound(world) {
        let team = team_with(world, 5 * ONE).await;
        let job = created(world, team).await.job_id;
        let facts = |value: serde_json::Value| -> Metadata { serde_json::from_value(value).unwrap() };
        world.store.add_metadata(team, job, facts(json!({"a": 1, "b": 2}))).await.unwrap();
        let end = Finish { metadata: facts(json!({"a": null, "c": 3})), ..Finish::with(JobStatus::Completed) };
        let done = world.store.finish(team, job, end, JobPolicy::default()).await.unwrap();
        assert_eq!(done.metadata, facts(json!({"b": 2, "c": 3})));
        let half = "x".repeat(9_000);
        world.store.add_metadata(team, job, facts(json!({"d": half}))).await.unwrap();
        let refused = world.store.add_metadata(team, job, facts(json!({"e": half}))).await.unwrap_err();
        assert!(matches!(refused, StoreError::TooLarge { .. }), "{refused:?}");
    }

    async fn a_silent_job_is_charged_if_a_call_succeeded_else_its_credit_goes_back_once(world) {
        let team = team_with(world, 5 * ONE).await;
        let alias = world.alias("a").await.id;
        let (idle, used) = (created(world, team).await, created(world, team).await);
        world.store.begin_call(team, used.job_id, call(0)).await.unwrap();
        ship(world, 0, &[of_job(0, alias, team, &used)]).await;
        world.clock.advance(chrono::Duration::minutes(59));
        assert_eq!(world.store.expire(HOUR).await.unwrap(), 0);
        let heard = created(world, team).await;
        world.clock.advance(chrono::Duration::minutes(2));
        let other = world.replica().await;
        let (one, two) = tokio::join!(world.store.expire(HOUR), other.expire(HOUR));
        assert_eq!(one.unwrap() + two.unwrap(), 2);
        let state = async |job: &Job| { let job = found(world, team, job.job_id).await; (job.status, job.credit) };
        assert_eq!(state(&idle).await, (JobStatus::Expired, JobCredit::Released));
        assert_eq!(state(&used).await, (JobStatus::Expired, JobCredit::Charged));
        assert_eq!(state(&heard).await, (JobStatus::Pending, JobCredit::Reserved));
        assert_eq!(balance(world).await, of(5, 1, 1));
        let refused = finish(world, team, idle.job_id, JobStatus::Completed).await.unwrap_err();
        assert!(matches!(refused, StoreError::JobFinished { status: "expired", .. }), "{refused:?}");
        // A team that is gone leaves its jobs behind; they end all the same.
        TeamRepository::delete(&world.store, &team_id("t"), None, &by()).await.unwrap();
        world.clock.advance(chrono::Duration::hours(2));
        assert_eq!(world.store.expire(HOUR).await.unwrap(), 1);
        assert_eq!(world.count("credit_leases WHERE instance_id = 'jobs' AND granted = 3000000 AND returned = 2000000 AND charged = 1000000"), 1);
    }
}
