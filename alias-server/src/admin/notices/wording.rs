//! The words of a notice about an alias, from what is kept of the alias.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use alias_core::alias::{AliasDetails, AliasName, AliasStatus, ScheduledAction};
use alias_core::clock::Timestamp;
use alias_core::notice::{Announcement, ModelSwitch, NoticeKind, NoticeWanted};
use alias_core::repository::{AliasHistoryRepository, AliasRepository, StoreError, Window};
use alias_router::LiveRouter;

use crate::admin::path::InPath;
use crate::error::{ApiError, Code};

/// How many versions back a switch is looked for.
const LOOKED_BACK: u32 = 50;

/// Where aliases and their versions are kept, and who may know of them.
pub struct Words {
    aliases: web::Data<dyn AliasRepository>,
    history: web::Data<dyn AliasHistoryRepository>,
    live: web::Data<LiveRouter>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words").finish_non_exhaustive()
    }
}

impl FromRequest for Words {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let aliases = request.app_data::<web::Data<dyn AliasRepository>>().cloned();
        let history = request.app_data::<web::Data<dyn AliasHistoryRepository>>().cloned();
        let live = request.app_data::<web::Data<LiveRouter>>().cloned();
        let all = aliases.zip(history).zip(live);
        let words = all.map(|((aliases, history), live)| Self { aliases, history, live });
        ready(words.ok_or_else(|| ApiError::new(Code::InternalError, "The server is not set up.")))
    }
}

impl Words {
    /// The words that a notice lacks.
    pub async fn of(&self, wanted: &NoticeWanted, now: Timestamp) -> Result<Option<Announcement>, ApiError> {
        let Some(name) = wanted.alias.as_ref().filter(|_| wanted.wants_words()) else { return Ok(None) };
        let found = self.aliases.find(name).await?.ok_or_else(|| unknown(name))?;
        let (name, spec) = (&found.alias.alias, &found.alias.spec);
        let made = match wanted.kind {
            NoticeKind::General => return Ok(None),
            NoticeKind::NewModel => Announcement::of_new(name, spec, wanted.names_models),
            NoticeKind::Switch => {
                let switch = self.switch(&found, now).await?;
                Announcement::of_switch(name, &switch, wanted.names_models, now)
            }
            NoticeKind::Deprecation => {
                let told = spec.routing.deprecation.as_ref().ok_or_else(|| {
                    nothing(&format!(
                        "'{name}' is not deprecated: deprecate it first, or write the text yourself."
                    ))
                })?;
                let known = |other: &AliasName| self.live.table().is_known_to_all(other, now);
                Announcement::of_deprecation(name, told, AliasStatus::of(spec, now), known)
            }
        };
        Ok(Some(made))
    }

    /// The next switch of an alias that waits for its moment, or the last one that was made.
    async fn switch(&self, found: &AliasDetails, now: Timestamp) -> Result<ModelSwitch, ApiError> {
        let from = &found.alias.spec.litellm_model;
        let planned = found.scheduled.iter().find_map(|change| match &change.action {
            ScheduledAction::Update(update) if change.effective_at > now => {
                let to = update.litellm_model.clone().filter(|to| to != from)?;
                Some(ModelSwitch { from: from.clone(), to, at: change.effective_at })
            }
            _ => None,
        });
        if let Some(planned) = planned {
            return Ok(planned);
        }
        let name = &found.alias.alias;
        let window = Window { limit: LOOKED_BACK, ..Window::default() };
        let history = self.history.history(name, &window).await?.ok_or_else(|| unknown(name))?;
        let made = history.page.items.iter().find_map(|entry| {
            let model = |end: &str| entry.change["litellm_model"][end].as_str()?.parse().ok();
            Some(ModelSwitch { from: model("from")?, to: model("to")?, at: entry.version.effective_at })
        });
        made.ok_or_else(|| {
            nothing(&format!("The model of '{name}' was not changed, and no change of it waits: switch it first, or write the text yourself."))
        })
    }
}

fn unknown(name: &AliasName) -> ApiError {
    let (names, suggestions) = (vec![name.to_string()], Vec::new());
    StoreError::UnknownReference { kind: AliasName::KIND, field: "alias", names, suggestions }.into()
}

fn nothing(why: &str) -> ApiError {
    ApiError::new(Code::NothingToAnnounce, why.to_owned()).about("kind")
}
