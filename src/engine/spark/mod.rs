//! A cluster that speaks Spark Connect (Apache Spark 3.4 and later).
//!
//! Duty: one session; a query in, its rows as a frame. Which queries is not known here ([`super::feed`]).

mod address;
#[cfg(feature = "engine")]
mod arrow;
#[cfg(feature = "engine")]
mod client;
#[cfg(feature = "engine")]
mod fault;
#[cfg(feature = "engine")]
mod stream;
#[cfg(feature = "engine")]
mod wire;

pub use address::SparkAddress;
#[cfg(feature = "engine")]
pub(super) use session::Spark;

#[cfg(feature = "engine")]
mod session {
    use polars::prelude::DataFrame;

    use super::address::SparkAddress;
    use super::client::Client;
    use crate::diagnostic::{AppResult, Progress};
    use crate::engine::database::Password;
    use crate::engine::feed::{Dialect, Engine, FeedColumn, columns_of_frame};

    /// A session that answers what a feed is asked.
    pub(in crate::engine) struct Spark(Client);

    impl Spark {
        /// Connects.
        ///
        /// # Errors
        /// `ENG-004` to `ENG-007`, `DBS-005`, `JOB-001`.
        pub(in crate::engine) fn connect(
            address: &SparkAddress,
            token: Option<&Password>,
            progress: &Progress,
        ) -> AppResult<Self> {
            Client::connect(address, token, progress).map(Self)
        }
    }

    impl Engine for Spark {
        fn dialect(&self) -> Dialect {
            Dialect::Spark
        }

        fn columns(&mut self, query: &str, what: &str) -> AppResult<Vec<FeedColumn>> {
            let empty = self.0.query(&format!("SELECT * FROM ({query}\n) fairdraw_columns LIMIT 0"), what)?;
            Ok(columns_of_frame(&empty))
        }

        fn query(&mut self, query: &str, what: &str) -> AppResult<DataFrame> {
            self.0.query(query, what)
        }
    }
}
