//! What handlers are given.

use std::sync::Arc;

use actix_web::web;
use alias_core::clock::Clock;
use alias_core::repository::{
    AccountRepository, AliasCallersRepository, AliasHistoryRepository, AliasRepository,
    AliasScheduleRepository, AuditRepository, BackRateRepository, BudgetRepository, BulkRepository,
    CallRepository, CreditRepository, DeliveryQueue, DesiredRepository, GroupRepository,
    IdempotencyRepository, KeyRepository, LeaseRepository, ModelCatalogRepository, NoticeRepository,
    OrganizationRepository, PlanRepository, ReplicaRepository, ReportRepository, SessionRepository,
    TeamRepository, TokenRepository, WebhookRepository,
};
use alias_router::LiveRouter;
use alias_store::SqlStore;

use crate::admin::sign_on::SingleSignOn;
use crate::admin::upstream::Lookout;
use crate::arms::Arms;
use crate::auth::guesses::Guesses;
use crate::auth::setup::SetupToken;
use crate::auth::{Exposure, Gate};
use crate::books::Books;
use crate::credit::Credit;
use crate::explain::RecentRefusals;
use crate::jobs::Jobs;
use crate::metrics::Metrics;
use crate::openai::DataPlane;
use crate::refusals::Refusals;
use crate::replicas::Looks;
use crate::room::Room;
use crate::webhooks::Sender;
use crate::{extract, routes};

/// The parts that handlers are given.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) metrics: web::Data<Metrics>,
    pub(super) store: web::Data<SqlStore>,
    pub(super) live: web::Data<LiveRouter>,
    pub(super) plane: DataPlane,
    pub(super) exposure: web::Data<Exposure>,
    pub(super) gate: web::Data<Gate>,
    pub(super) guesses: web::Data<Guesses>,
    pub(super) setup: web::Data<SetupToken>,
    pub(super) refusals: web::Data<Refusals>,
    pub(super) webhooks: web::Data<Sender>,
    pub(super) sign_on: Option<web::Data<SingleSignOn>>,
    pub(super) limits: web::Data<extract::BodyLimits>,
    pub(super) room: web::Data<Room>,
    pub(super) clock: web::Data<dyn Clock>,
    pub(super) credit: web::Data<Credit>,
    pub(super) books: web::Data<Books>,
    pub(super) jobs: web::Data<Jobs>,
    pub(super) reports: web::Data<dyn ReportRepository>,
    pub(super) recent: web::Data<RecentRefusals>,
    pub(super) looks: web::Data<Looks>,
    pub(super) arms: web::Data<Arms>,
    pub(super) lookout: web::Data<Lookout>,
}

impl Parts {
    /// Gives a worker the parts and the routes.
    pub(super) fn configure(&self, app: &mut web::ServiceConfig) {
        let store = self.store.get_ref();
        if let Some(sign_on) = &self.sign_on {
            app.app_data(sign_on.clone());
        }
        app.app_data(self.metrics.clone())
            .app_data(self.store.clone())
            .app_data(self.live.clone())
            .app_data(web::Data::new(self.plane.for_worker()))
            .app_data(self.exposure.clone())
            .app_data(self.gate.clone())
            .app_data(self.guesses.clone())
            .app_data(self.setup.clone())
            .app_data(self.refusals.clone())
            .app_data(self.webhooks.clone())
            .app_data(self.limits.clone())
            .app_data(self.room.clone())
            .app_data(self.clock.clone())
            .app_data(self.credit.clone())
            .app_data(self.books.clone())
            .app_data(self.jobs.clone())
            .app_data(self.reports.clone())
            .app_data(self.recent.clone())
            .app_data(self.looks.clone())
            .app_data(self.arms.clone())
            .app_data(self.lookout.clone())
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn CallRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn AliasRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn AliasHistoryRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn AliasCallersRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn AliasScheduleRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn PlanRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn DesiredRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn BulkRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn GroupRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn OrganizationRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn TeamRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn CreditRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn LeaseRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn ModelCatalogRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn BackRateRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn KeyRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn IdempotencyRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn AccountRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn SessionRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn TokenRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn AuditRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn WebhookRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn NoticeRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn BudgetRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn ReplicaRepository>))
            .app_data(web::Data::from(Arc::new(store.clone()) as Arc<dyn DeliveryQueue>))
            .configure(routes::configure);
    }
}
