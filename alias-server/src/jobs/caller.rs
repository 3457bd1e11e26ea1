//! Who asks for jobs: a team, by its key or token, as with every call.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use alias_core::key::Entrance;
use alias_core::usage::Endpoint;
use alias_router::Caller;

use crate::error::{ApiError, Code};
use crate::openai::DataPlane;

/// A team that presented a key that works. A job is made of chats: a key that is not for these is not for jobs.
#[derive(Debug, Clone)]
pub struct TeamCaller(pub Caller);

impl TeamCaller {
    /// Its name, for telling the requests of one team from those of another.
    pub fn name(&self) -> String {
        format!("team {}", self.0.team_uid())
    }
}

impl FromRequest for TeamCaller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(plane) = request.app_data::<web::Data<DataPlane>>() else {
            return ready(Err(ApiError::new(Code::InternalError, "The server is not set up.")));
        };
        let caller = plane.caller(Entrance::Call(Endpoint::ChatCompletions), request).map(Self);
        if let Ok(caller) = &caller {
            // Whoever explains a refusal wants to know whose it was.
            request.extensions_mut().insert(caller.clone());
        }
        ready(caller)
    }
}
