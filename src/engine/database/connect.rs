//! One connection: made, watched for the job's cancelling, closed with it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use postgres::config::{ChannelBinding, SslMode};
use postgres::{Client, Config};

use super::Ask;
use super::address::{Address, Binding, Encryption};
use super::fault;
use super::secret::{Password, environment, keep_typed, typed_password, user_of};
use super::tls::Tls;
use crate::diagnostic::{AppResult, Progress};

/// How long a server may take to answer at all.
const ANSWER: Duration = Duration::from_secs(15);
/// How long what was sent may stay without receipt before the connection counts as dead.
const RECEIPT: Duration = Duration::from_mins(1);
/// When a connection on which nothing comes is asked whether it is still there, how often again, how many times.
const IDLE: Duration = Duration::from_secs(30);
const BETWEEN: Duration = Duration::from_secs(10);
const RETRIES: u32 = 3;
/// How often a waiting job looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(50);

/// An open connection.
pub(super) struct Connection {
    pub(super) client: Client,
    tls: Tls,
}

/// Connects with a password that is known, or asked for once the server wants one.
///
/// # Errors
/// `DBS-005`, `DBS-010` to `DBS-019`.
pub(super) fn connect(
    address: &Address,
    password: Option<&Password>,
    ask: Ask,
    progress: &Progress,
) -> AppResult<Connection> {
    progress.check()?;
    progress.begin("连接数据库", 0);
    match connect_with(address, password, progress) {
        Err(error) if error.code() == "DBS-012" && password.is_none() => {
            if let Some(typed) = typed_password(address) {
                return connect_with(address, Some(&typed), progress);
            }
            let typed = ask.and_then(|ask| ask(address)).ok_or(error)?;
            let connection = connect_with(address, Some(&typed), progress)?;
            keep_typed(address, typed);
            Ok(connection)
        }
        other => other,
    }
}

fn connect_with(address: &Address, password: Option<&Password>, progress: &Progress) -> AppResult<Connection> {
    let tls = Tls::of(address)?;
    let user = user_of(address, &environment);
    let mut config = Config::new();
    match &address.socket {
        #[cfg(unix)]
        Some(folder) => config.host_path(folder),
        _ => config.host(&address.host),
    };
    config
        .port(address.port)
        .user(&user)
        .dbname(&address.database)
        .application_name("fairdraw")
        .connect_timeout(ANSWER)
        .tcp_user_timeout(RECEIPT)
        .channel_binding(match address.binding {
            Binding::Disable => ChannelBinding::Disable,
            Binding::Prefer => ChannelBinding::Prefer,
            Binding::Require => ChannelBinding::Require,
        })
        .ssl_mode(if address.encryption == Encryption::None { SslMode::Disable } else { SslMode::Require });
    if let Some(password) = password {
        config.password(password.reveal());
    }
    config.keepalives_idle(IDLE).keepalives_interval(BETWEEN).keepalives_retries(RETRIES);
    let mut client = greet(config, tls.clone(), address, &user, progress)?;
    let limit = format!("SET statement_timeout = {}", address.statement.as_millis());
    fault::answered(client.batch_execute(&limit), address, None, &Progress::none())?;
    Ok(Connection { client, tls })
}

/// Makes the connection on a thread of its own: a server that takes the call and says nothing keeps it waiting for
/// ever, the job only for so long, and not at all once it is cancelled.
fn greet(config: Config, tls: Tls, address: &Address, user: &str, progress: &Progress) -> AppResult<Client> {
    let (sender, receiver) = channel();
    let call = move || {
        // nobody listens any more where the job has gone on
        let _ = sender.send(config.connect(tls));
    };
    if std::thread::Builder::new().name("fairdraw-connect".to_owned()).spawn(call).is_err() {
        return Err(fault::silent(address));
    }
    let mut waited = Duration::ZERO;
    loop {
        match receiver.recv_timeout(LOOK) {
            Ok(made) => return made.map_err(|error| fault::connecting(&error, address, user)),
            Err(RecvTimeoutError::Timeout) if waited < ANSWER + ANSWER => {
                progress.check()?;
                waited += LOOK;
            }
            Err(_) => return Err(fault::silent(address)),
        }
    }
}

/// Says at its end that the work has ended, however it did.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Connection {
    /// Does work on the connection; once the job is cancelled the server is told to stop what it does for it.
    ///
    /// # Errors
    /// Those of the work.
    pub(super) fn watched<T>(
        &mut self,
        progress: &Progress,
        work: impl FnOnce(&mut Client) -> AppResult<T>,
    ) -> AppResult<T> {
        let (token, tls, ended) = (self.client.cancel_token(), self.tls.clone(), AtomicBool::new(false));
        let watch = || {
            while !ended.load(Ordering::Relaxed) {
                if progress.check().is_err() {
                    // a cancel that comes between two statements stops neither: said again until the work has ended
                    let _ = token.cancel_query(tls.clone());
                }
                std::thread::sleep(LOOK);
            }
        };
        std::thread::scope(|scope| {
            let _ended = Ended(&ended);
            // without a thread the work goes on and ends by itself
            let _ = std::thread::Builder::new().name("fairdraw-database".to_owned()).spawn_scoped(scope, watch);
            work(&mut self.client)
        })
    }
}
