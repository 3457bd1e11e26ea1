//! Calls models by the names that Model Aliases gives them: chats on their own, and chats in jobs.
//!
//! A call names an alias, never a provider's model: which model that is, the operator of the server decides and may
//! change. Whoever needs more of OpenAI's API than chats takes any client of OpenAI's and gives it the server's address
//! and the team's key.
//!
//! ```no_run
//! use alias_client::{Chat, Client, NewJob};
//!
//! # async fn run() -> Result<(), alias_client::ClientError> {
//! let client = Client::new("http://localhost:8003", "sk-…")?;
//! let job = client.create_job(&NewJob::of_type("document_analysis")).await?;
//! let chat = Chat::of("smart").user("Summarize this: …").in_job(&job);
//! println!("{}", client.chat(&chat).await?.content);
//! client.complete_job(&job).await?;
//! # Ok(())
//! # }
//! ```

mod answer;
mod chat;
mod client;
mod error;
mod stream;

pub use answer::Answer;
pub use chat::{Chat, NewJob};
pub use client::Client;
pub use error::{ClientError, Refusal};
pub use stream::Chunks;
