//! A session with a Spark Connect server: queries in, frames out.
//!
//! Method: gRPC over HTTP/2 (tonic) on a thread of the caller's. Every query is reattachable: it goes on in the cluster
//! while the line is broken, and its answer is taken up where it stopped (`ReattachExecute` with the last answer's
//! number). What is cancelled here is stopped there.

use std::fmt::{self, Write as _};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::uri::PathAndQuery;
use hyper_util::rt::TokioIo;
use polars::prelude::DataFrame;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tonic::client::Grpc;
use tonic::metadata::MetadataValue;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, Streaming};
use tonic_prost::ProstCodec;

use super::address::SparkAddress;
use super::arrow::frame_of;
use super::fault;
use super::stream::EitherStream;
use super::wire;
use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::engine::database::Password;
use crate::engine::tls::client_config;

/// How long a server may take to answer at all.
const ANSWER: Duration = Duration::from_secs(15);
/// How often a waiting job looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(50);
/// How often a query is asked to stop.
const STOP_TRIES: usize = 3;
/// How long each of them may take.
const STOP: Duration = Duration::from_secs(5);
/// How long a broken line is tried again.
const PATIENCE: Duration = Duration::from_mins(1);
/// When a silent line is asked whether it is still there, and how long it may take to say so.
const IDLE: Duration = Duration::from_secs(30);
const RECEIPT: Duration = Duration::from_mins(1);
/// Largest message: a server sends batches of a few megabytes.
const MOST_MESSAGE: usize = 256 << 20;
/// Most rows and bytes of one answer.
const MOST_ROWS: u64 = 40_000_000;
const MOST_BYTES: u64 = 4 << 30;
/// What the program calls itself.
const NAME: &str = "fairdraw";

/// An open session.
pub(super) struct Client {
    runtime: Runtime,
    channel: Channel,
    address: SparkAddress,
    token: Option<Password>,
    session: String,
    server_session: Option<String>,
    progress: Progress,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Where a query stands.
struct Running {
    operation: String,
    /// Whether the server has it.
    is_there: bool,
    last_answer: Option<String>,
    /// Since when the line has been broken.
    broken: Option<Instant>,
    begun: Instant,
    frames: Vec<DataFrame>,
    rows: u64,
    bytes: u64,
    /// Tasks that were said to be done.
    tasks: u64,
    complete: bool,
}

impl Client {
    /// Connects, and sets the session so that every engine gives the same answer.
    ///
    /// # Errors
    /// `ENG-004` to `ENG-007`, `DBS-005`, `JOB-001`.
    pub(super) fn connect(address: &SparkAddress, token: Option<&Password>, progress: &Progress) -> AppResult<Self> {
        progress.check()?;
        progress.begin("连接计算引擎", 0);
        if token.is_some() && !address.encrypted {
            return Err(fault::open_token(address));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|cause| fault::connecting(&cause, address))?;
        let connecting = connect(address)?;
        let channel = runtime.block_on(watched(progress, Some(ANSWER + ANSWER), connecting))?;
        let channel =
            channel.ok_or_else(|| fault::silent(address))?.map_err(|cause| fault::connecting(&cause, address))?;
        let mut client = Self {
            runtime,
            channel,
            address: address.clone(),
            token: token.cloned(),
            session: identifier()?,
            server_session: None,
            progress: progress.clone(),
        };
        client.settle()?;
        Ok(client)
    }

    /// Times of the office, and errors instead of silent NULLs.
    fn settle(&mut self) -> AppResult<()> {
        let pair = |key: &str, value: &str| wire::KeyValue { key: key.to_owned(), value: Some(value.to_owned()) };
        let pairs = vec![pair("spark.sql.session.timeZone", "Asia/Shanghai"), pair("spark.sql.ansi.enabled", "true")];
        let request = wire::Config {
            session_id: self.session.clone(),
            user: Some(self.user()),
            operation: Some(wire::ConfigOperation { set: Some(wire::SetPairs { pairs }) }),
            client_type: Some(NAME.to_owned()),
        };
        let asked = self.unary("Config", request);
        let answered = self.runtime.block_on(watched(&self.progress, Some(ANSWER + ANSWER), asked))?;
        let answered = answered.ok_or_else(|| fault::silent(&self.address))?;
        answered.map_err(|status| {
            if fault::is_passing(&status) {
                fault::connecting(&status, &self.address)
            } else {
                fault::stated(&status, &self.address, "", &self.progress)
            }
        })
    }

    fn user(&self) -> wire::UserContext {
        let name = self.address.user.clone().unwrap_or_else(|| NAME.to_owned());
        wire::UserContext { user_id: name.clone(), user_name: name }
    }

    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        let bearer = self.token.as_ref().map(|token| format!("Bearer {}", token.reveal()));
        if let Some(value) = bearer.and_then(|text| MetadataValue::try_from(text).ok()) {
            let mut value = value;
            value.set_sensitive(true);
            request.metadata_mut().insert("authorization", value);
        }
        request
    }

    /// One question, one answer of which nothing is read.
    fn unary<M>(&self, method: &'static str, message: M) -> impl Future<Output = Result<(), Status>> + use<M>
    where
        M: prost::Message + 'static,
    {
        let (request, channel) = (self.request(message), self.channel.clone());
        async move {
            let mut grpc = Grpc::new(channel);
            grpc.ready().await.map_err(|cause| Status::from_error(Box::new(cause)))?;
            grpc.unary(request, path(method)?, ProstCodec::<M, wire::Ignored>::default()).await.map(|_| ())
        }
    }

    async fn stream<M>(&self, method: &'static str, message: M) -> Result<Streaming<wire::ExecuteAnswer>, Status>
    where
        M: prost::Message + 'static,
    {
        let mut grpc = Grpc::new(self.channel.clone()).max_decoding_message_size(MOST_MESSAGE);
        grpc.ready().await.map_err(|cause| Status::from_error(Box::new(cause)))?;
        let codec = ProstCodec::<M, wire::ExecuteAnswer>::default();
        grpc.server_streaming(self.request(message), path(method)?, codec).await.map(tonic::Response::into_inner)
    }

    /// Runs a query. `what` is what it reads, for messages.
    ///
    /// # Errors
    /// `ENG-…`, `JOB-001`.
    pub(super) fn query(&mut self, sql: &str, what: &str) -> AppResult<DataFrame> {
        self.progress.check()?;
        let mut running = Running {
            operation: identifier()?,
            is_there: false,
            last_answer: None,
            broken: None,
            begun: Instant::now(),
            frames: Vec::new(),
            rows: 0,
            bytes: 0,
            tasks: 0,
            complete: false,
        };
        let mut server_session = self.server_session.clone();
        let ended = self.runtime.block_on(self.follow(sql, what, &mut running, &mut server_session));
        self.server_session = server_session;
        self.runtime.block_on(self.end(&running, ended.is_err()));
        ended?;
        let Running { frames, .. } = running;
        let mut frames = frames.into_iter();
        let mut whole = frames.next().ok_or_else(|| fault::strange("查询没有结果", &self.address))?;
        for next in frames {
            whole.vstack_mut_owned(next).map_err(|cause| fault::strange(&cause.to_string(), &self.address))?;
        }
        Ok(whole)
    }

    /// Follows a query to its end, over as many lines as it takes.
    async fn follow(
        &self,
        sql: &str,
        what: &str,
        running: &mut Running,
        server_session: &mut Option<String>,
    ) -> AppResult<()> {
        while !running.complete {
            let asked = async {
                if running.is_there {
                    self.stream("ReattachExecute", self.reattaching(running, server_session.as_deref())).await
                } else {
                    self.stream("ExecutePlan", self.executing(sql, running, server_session.as_deref())).await
                }
            };
            let left = self.address.limit.saturating_sub(running.begun.elapsed());
            let begun = watched(&self.progress, Some(left), asked).await?;
            let failed = match begun.ok_or_else(|| fault::late(&self.address))? {
                Ok(stream) => {
                    running.is_there = true;
                    self.read(stream, running, server_session).await?
                }
                Err(status) => Some(status),
            };
            match failed {
                // the server ends a long answer's line now and then
                None => {}
                Some(status) if status.message().contains("OPERATION_ALREADY_EXISTS") => running.is_there = true,
                Some(status) if running.last_answer.is_none() && status.message().contains("OPERATION_NOT_FOUND") => {
                    running.is_there = false;
                }
                Some(status) if fault::is_forgotten(&status) => return Err(fault::forgotten(&self.address)),
                Some(status) if fault::is_passing(&status) => self.wait(running).await?,
                Some(status) => return Err(fault::stated(&status, &self.address, what, &self.progress)),
            }
        }
        Ok(())
    }

    /// Waits a moment before a broken line is tried again.
    async fn wait(&self, running: &mut Running) -> AppResult<()> {
        let since = *running.broken.get_or_insert_with(Instant::now);
        if since.elapsed() > PATIENCE {
            return Err(fault::lost(&self.address));
        }
        let pause = since.elapsed().clamp(Duration::from_millis(100), ANSWER / 5);
        watched(&self.progress, None, tokio::time::sleep(pause)).await.map(|_| ())
    }

    /// Takes the answers of one line; the fault that ended it, or none.
    async fn read(
        &self,
        mut stream: Streaming<wire::ExecuteAnswer>,
        running: &mut Running,
        server_session: &mut Option<String>,
    ) -> AppResult<Option<Status>> {
        loop {
            let left = self.address.limit.saturating_sub(running.begun.elapsed());
            let next = watched(&self.progress, Some(left), stream.message()).await?;
            let answer = match next.ok_or_else(|| fault::late(&self.address))? {
                Ok(Some(answer)) => answer,
                Ok(None) => return Ok(None),
                Err(status) => return Ok(Some(status)),
            };
            running.broken = None;
            if !answer.server_session.is_empty() {
                *server_session = Some(answer.server_session);
            }
            if !answer.response_id.is_empty() {
                running.last_answer = Some(answer.response_id);
            }
            if let Some(told) = answer.progress {
                self.tell(&told, running);
            }
            if let Some(batch) = answer.batch {
                running.bytes += batch.data.len() as u64;
                let frame = frame_of(&batch.data).map_err(|why| fault::strange(&why, &self.address))?;
                if frame.height() as i64 != batch.rows {
                    return Err(fault::strange("行数与内容不符", &self.address));
                }
                running.rows += frame.height() as u64;
                if running.rows > MOST_ROWS || running.bytes > MOST_BYTES {
                    let found = format!("{} 行，{} MB", running.rows, running.bytes >> 20);
                    return Err(fault::too_much(&self.address, &found));
                }
                // a server may send many empty batches; the first has the columns
                if frame.height() > 0 || running.frames.is_empty() {
                    running.frames.push(frame);
                }
            }
            if answer.complete.is_some() {
                running.complete = true;
                return Ok(None);
            }
        }
    }

    fn tell(&self, told: &wire::ExecutionProgress, running: &mut Running) {
        let sum = |of: fn(&wire::Stage) -> i64| told.stages.iter().map(|stage| of(stage).max(0) as u64).sum::<u64>();
        let (tasks, done) = (sum(|stage| stage.tasks), sum(|stage| stage.completed));
        if running.tasks == 0 {
            self.progress.begin("计算引擎统计", tasks);
        }
        self.progress.advance(done.saturating_sub(running.tasks));
        running.tasks = running.tasks.max(done);
    }

    fn executing(&self, sql: &str, running: &Running, server_session: Option<&str>) -> wire::ExecutePlan {
        let sql = wire::Sql { query: sql.to_owned() };
        let reattach = Some(wire::Reattach { reattachable: true });
        wire::ExecutePlan {
            session_id: self.session.clone(),
            user: Some(self.user()),
            plan: Some(wire::Plan { root: Some(wire::Relation { sql: Some(sql) }) }),
            client_type: Some(NAME.to_owned()),
            options: vec![wire::RequestOption { reattach }],
            operation_id: Some(running.operation.clone()),
            server_session: server_session.map(str::to_owned),
        }
    }

    fn reattaching(&self, running: &Running, server_session: Option<&str>) -> wire::ReattachExecute {
        wire::ReattachExecute {
            session_id: self.session.clone(),
            user: Some(self.user()),
            operation_id: running.operation.clone(),
            client_type: Some(NAME.to_owned()),
            last_response_id: running.last_answer.clone(),
            server_session: server_session.map(str::to_owned),
        }
    }

    /// Stops what was given up, lets go of what was read; neither may hold up the job.
    async fn end(&self, running: &Running, stop: bool) {
        let session_id = || self.session.clone();
        let client_type = || Some(NAME.to_owned());
        if stop {
            let request = wire::Interrupt {
                session_id: session_id(),
                user: Some(self.user()),
                client_type: client_type(),
                kind: wire::INTERRUPT_OPERATION,
                operation_id: Some(running.operation.clone()),
            };
            // a server that is too busy to listen would go on for hours
            for _ in 0..STOP_TRIES {
                if let Ok(Ok(())) = timeout(STOP, self.unary("Interrupt", request.clone())).await {
                    break;
                }
            }
        }
        let request = wire::ReleaseExecute {
            session_id: session_id(),
            user: Some(self.user()),
            operation_id: running.operation.clone(),
            client_type: client_type(),
            all: Some(wire::ReleaseAll {}),
        };
        let _ = timeout(STOP, self.unary("ReleaseExecute", request)).await;
    }
}

impl Drop for Client {
    /// Lets the server forget the session.
    fn drop(&mut self) {
        let request = wire::ReleaseSession {
            session_id: self.session.clone(),
            user: Some(self.user()),
            client_type: Some(NAME.to_owned()),
        };
        let released = self.unary("ReleaseSession", request);
        // one that can't be told forgets it by itself
        let _ = self.runtime.block_on(async { timeout(STOP, released).await });
    }
}

fn path(method: &str) -> Result<PathAndQuery, Status> {
    PathAndQuery::try_from(format!("{}{method}", wire::SERVICE)).map_err(|cause| Status::internal(cause.to_string()))
}

/// Waits for something; an error once the job is cancelled, nothing once the time is up.
async fn watched<T>(
    progress: &Progress,
    limit: Option<Duration>,
    work: impl Future<Output = T>,
) -> AppResult<Option<T>> {
    let begun = Instant::now();
    let mut work = std::pin::pin!(work);
    loop {
        if let Ok(done) = timeout(LOOK, work.as_mut()).await {
            return Ok(Some(done));
        }
        progress.check()?;
        if limit.is_some_and(|limit| begun.elapsed() > limit) {
            return Ok(None);
        }
    }
}

/// A line to the server, encrypted where the address says so; tonic makes it anew when it breaks.
fn connect(
    address: &SparkAddress,
) -> AppResult<impl Future<Output = Result<Channel, tonic::transport::Error>> + use<>> {
    let host = if address.host.contains(':') { format!("[{}]", address.host) } else { address.host.clone() };
    let endpoint = Endpoint::from_shared(format!("http://{host}:{}", address.port))
        .map_err(|cause| fault::connecting(&cause, address))?
        .connect_timeout(ANSWER)
        .http2_keep_alive_interval(IDLE)
        .keep_alive_timeout(RECEIPT);
    let place = (address.host.clone(), address.port);
    let tls = if address.encrypted {
        let mut config = client_config(address.root.as_deref(), true)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        let name = ServerName::try_from(address.host.clone()).map_err(|cause| fault::connecting(&cause, address))?;
        Some((TlsConnector::from(Arc::new(config)), name))
    } else {
        None
    };
    let connector = tower::service_fn(move |_| {
        let (place, tls) = (place.clone(), tls.clone());
        async move {
            let line = TcpStream::connect(place).await?;
            line.set_nodelay(true)?;
            let stream = match tls {
                None => EitherStream::Plain(line),
                Some((connector, name)) => EitherStream::Encrypted(Box::new(connector.connect(name, line).await?)),
            };
            Ok::<_, std::io::Error>(TokioIo::new(stream))
        }
    });
    Ok(async move { endpoint.connect_with_connector(connector).await })
}

/// A fresh identifier in the form of RFC 9562, version 4.
fn identifier() -> AppResult<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|cause| AppError::from(Finding::error("ENG-016", "计算引擎报告错误").value(cause.to_string())))?;
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}
