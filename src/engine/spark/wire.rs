//! The messages of Spark Connect that are used here, as protocol buffers.
//!
//! Source: Apache Spark 4, `sql/connect/common/src/main/protobuf/spark/connect/{base,relations}.proto`: names and
//! numbers of the fields that the program sends or reads. What it does not know is skipped, as the format provides. Written by hand,
//! since nothing of the program's build shall need `protoc`; a test holds the numbers against bytes of Spark's own client.

/// Path of the service's methods.
pub(super) const SERVICE: &str = "/spark.connect.SparkConnectService/";

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct UserContext {
    #[prost(string, tag = "1")]
    pub(super) user_id: String,
    #[prost(string, tag = "2")]
    pub(super) user_name: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Sql {
    #[prost(string, tag = "1")]
    pub(super) query: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Relation {
    #[prost(message, optional, tag = "10")]
    pub(super) sql: Option<Sql>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Plan {
    #[prost(message, optional, tag = "1")]
    pub(super) root: Option<Relation>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Reattach {
    #[prost(bool, tag = "1")]
    pub(super) reattachable: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RequestOption {
    #[prost(message, optional, tag = "1")]
    pub(super) reattach: Option<Reattach>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ExecutePlan {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) user: Option<UserContext>,
    #[prost(message, optional, tag = "3")]
    pub(super) plan: Option<Plan>,
    #[prost(string, optional, tag = "4")]
    pub(super) client_type: Option<String>,
    #[prost(message, repeated, tag = "5")]
    pub(super) options: Vec<RequestOption>,
    #[prost(string, optional, tag = "6")]
    pub(super) operation_id: Option<String>,
    #[prost(string, optional, tag = "8")]
    pub(super) server_session: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ArrowBatch {
    #[prost(int64, tag = "1")]
    pub(super) rows: i64,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) data: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Complete {}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Stage {
    #[prost(int64, tag = "2")]
    pub(super) tasks: i64,
    #[prost(int64, tag = "3")]
    pub(super) completed: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ExecutionProgress {
    #[prost(message, repeated, tag = "1")]
    pub(super) stages: Vec<Stage>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ExecuteAnswer {
    #[prost(message, optional, tag = "2")]
    pub(super) batch: Option<ArrowBatch>,
    #[prost(string, tag = "13")]
    pub(super) response_id: String,
    #[prost(message, optional, tag = "14")]
    pub(super) complete: Option<Complete>,
    #[prost(string, tag = "15")]
    pub(super) server_session: String,
    #[prost(message, optional, tag = "18")]
    pub(super) progress: Option<ExecutionProgress>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ReattachExecute {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) user: Option<UserContext>,
    #[prost(string, tag = "3")]
    pub(super) operation_id: String,
    #[prost(string, optional, tag = "4")]
    pub(super) client_type: Option<String>,
    #[prost(string, optional, tag = "5")]
    pub(super) last_response_id: Option<String>,
    #[prost(string, optional, tag = "6")]
    pub(super) server_session: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ReleaseAll {}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ReleaseExecute {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) user: Option<UserContext>,
    #[prost(string, tag = "3")]
    pub(super) operation_id: String,
    #[prost(string, optional, tag = "4")]
    pub(super) client_type: Option<String>,
    #[prost(message, optional, tag = "5")]
    pub(super) all: Option<ReleaseAll>,
}

/// Which work is to be stopped: one operation.
pub(super) const INTERRUPT_OPERATION: i32 = 3;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Interrupt {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) user: Option<UserContext>,
    #[prost(string, optional, tag = "3")]
    pub(super) client_type: Option<String>,
    #[prost(int32, tag = "4")]
    pub(super) kind: i32,
    #[prost(string, optional, tag = "6")]
    pub(super) operation_id: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct KeyValue {
    #[prost(string, tag = "1")]
    pub(super) key: String,
    #[prost(string, optional, tag = "2")]
    pub(super) value: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct SetPairs {
    #[prost(message, repeated, tag = "1")]
    pub(super) pairs: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ConfigOperation {
    #[prost(message, optional, tag = "1")]
    pub(super) set: Option<SetPairs>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Config {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) user: Option<UserContext>,
    #[prost(message, optional, tag = "3")]
    pub(super) operation: Option<ConfigOperation>,
    #[prost(string, optional, tag = "4")]
    pub(super) client_type: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ReleaseSession {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) user: Option<UserContext>,
    #[prost(string, optional, tag = "3")]
    pub(super) client_type: Option<String>,
}

/// An answer of which nothing is read.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Ignored {}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().map(|digit| (digit as char).to_digit(16).unwrap() as u8).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    #[test]
    fn what_is_sent_is_what_sparks_own_client_sends() {
        let user = || Some(UserContext { user_id: "u".to_owned(), user_name: "n".to_owned() });
        let session_id = || "s".to_owned();
        let sql = Some(Sql { query: "select 1".to_owned() });
        let execute = ExecutePlan {
            session_id: session_id(),
            user: user(),
            plan: Some(Plan { root: Some(Relation { sql }) }),
            client_type: Some("c".to_owned()),
            options: vec![RequestOption { reattach: Some(Reattach { reattachable: true }) }],
            operation_id: Some("o".to_owned()),
            server_session: Some("x".to_owned()),
        };
        // from pyspark 4.3's messages
        let own = "0a017312060a017512016e1a0e0a0c520a0a0873656c65637420312201632a040a02080132016f420178";
        assert_eq!(hex(&execute.encode_to_vec()), own);
        let reattach = ReattachExecute {
            session_id: session_id(),
            user: user(),
            operation_id: "o".to_owned(),
            client_type: Some("c".to_owned()),
            last_response_id: Some("l".to_owned()),
            server_session: Some("x".to_owned()),
        };
        assert_eq!(hex(&reattach.encode_to_vec()), "0a017312060a017512016e1a016f2201632a016c320178");
        let release = ReleaseExecute {
            session_id: session_id(),
            user: user(),
            operation_id: "o".to_owned(),
            client_type: Some("c".to_owned()),
            all: Some(ReleaseAll {}),
        };
        assert_eq!(hex(&release.encode_to_vec()), "0a017312060a017512016e1a016f2201632a00");
        let interrupt = Interrupt {
            session_id: session_id(),
            user: user(),
            client_type: Some("c".to_owned()),
            kind: INTERRUPT_OPERATION,
            operation_id: Some("o".to_owned()),
        };
        assert_eq!(hex(&interrupt.encode_to_vec()), "0a017312060a017512016e1a0163200332016f");
        let pairs = vec![KeyValue { key: "k".to_owned(), value: Some("v".to_owned()) }];
        let config = Config {
            session_id: session_id(),
            user: user(),
            operation: Some(ConfigOperation { set: Some(SetPairs { pairs }) }),
            client_type: Some("c".to_owned()),
        };
        assert_eq!(hex(&config.encode_to_vec()), "0a017312060a017512016e1a0a0a080a060a016b120176220163");
        let session = ReleaseSession { session_id: session_id(), user: user(), client_type: Some("c".to_owned()) };
        assert_eq!(hex(&session.encode_to_vec()), "0a017312060a017512016e1a0163");
    }

    #[test]
    fn what_comes_is_read_as_sparks_own_client_reads_it() {
        let read = |hex: &str| ExecuteAnswer::decode(bytes(hex).as_slice()).unwrap();
        let batch = read("0a0173120608021202010262016f6a01727a0178");
        assert_eq!((batch.response_id.as_str(), batch.server_session.as_str()), ("r", "x"));
        assert_eq!(batch.batch, Some(ArrowBatch { rows: 2, data: vec![1, 2] }));
        assert!(batch.complete.is_none());
        assert!(read("0a017362016f6a017272007a0178").complete.is_some());
        let told = read("6a01729201080a06080110081803").progress.unwrap();
        assert_eq!(told.stages, [Stage { tasks: 8, completed: 3 }]);
        for cut in 1..20 {
            // what is cut is refused or read as less, never a panic
            let _ = ExecuteAnswer::decode(&bytes("0a0173120608021202010262016f6a01727a0178")[..cut]);
        }
    }
}
