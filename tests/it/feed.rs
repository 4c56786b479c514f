//! Monitoring that is counted where it lies: a real Spark cluster and a real PostgreSQL on this machine against the same
//! rows as a file. What needs them is ignored and called `cluster_…`; `.ci/run` runs it where Java and pyspark are.

mod cluster;
mod faults;
mod paths;
mod readings;
mod scripts;
