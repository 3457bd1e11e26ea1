//! The server: wiring and HTTP around alias-core, alias-store and alias-router.
//!
//! - [`config`], [`startup`], [`telemetry`]: from settings to a running service and back.
//! - [`connection`], [`room`], [`routes`], [`edge`], [`auth`], [`refusals`], [`extract`], [`error`], [`health`], [`metrics`], [`replicas`], [`docs`], [`openapi`](mod@openapi): what every request passes.
//! - [`admin`]: the admin API, one file a resource.
//! - [`openai`], [`jwt`], [`credit`], [`limits`], [`upstream`], [`metering`]: calls, from a team's key or token to a provider's answer and its recording.
//! - [`explain`]: calls that were refused, for those who ask why.
//! - [`arms`]: what becomes of calls at the targets of a split, and canaries that are taken back.
//! - [`jobs`]: calls that belong together, and cost one credit together.
//! - [`books`], [`webhooks`]: what calls were charged, and telling others of events.
//! - [`import`], [`show`], [`instances`], [`verify`]: commands besides serving.
//! - [`mock_provider`]: a provider for trying things out, without keys and without a network.

pub mod admin;
pub mod arms;
pub mod auth;
pub mod books;
pub mod clock;
pub mod config;
pub mod connection;
pub mod credit;
pub mod docs;
pub mod doctor;
pub mod edge;
pub mod error;
pub mod explain;
pub mod extract;
pub mod health;
pub mod import;
pub mod init;
pub mod instances;
pub mod jobs;
pub mod jwt;
pub mod limits;
pub mod manual;
pub mod metering;
pub mod metrics;
pub mod migrate;
pub mod mock_provider;
pub mod openai;
pub mod openapi;
pub mod refusals;
pub mod replicas;
pub mod room;
pub mod routes;
pub mod schedule;
pub mod show;
pub mod sign_on;
pub mod snapshot;
pub mod spans;
pub mod startup;
pub mod telemetry;
pub mod trace;
pub mod ui;
pub mod upstream;
pub mod verify;
pub mod webhooks;
