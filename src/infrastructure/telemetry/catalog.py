"""Every metric there is.

Names and buckets of `gen_ai_*` are those of OpenTelemetry's semantic conventions for generative AI
clients and servers, written as Prometheus does: dots become underscores, units end the name. A
"server" is here the provider that was asked.
"""

from turnout.infrastructure.telemetry.metric import Kind, Merge, Metric, by_name

_GEN_AI = ("gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model")
_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_FIRST_TOKEN = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0,
                7.5, 10.0)  # fmt: skip
_PER_TOKEN = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5)
_TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216,
           67108864)  # fmt: skip
_OVERHEAD = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0,
             5.0, 30.0)  # fmt: skip

TOKEN_USAGE = Metric(
    "gen_ai_client_token_usage",
    Kind.HISTOGRAM,
    "Tokens of one attempt.",
    (*_GEN_AI, "gen_ai_token_type"),
    _TOKENS,
)
PROVIDER_SECONDS = Metric(
    "gen_ai_server_request_duration_seconds",
    Kind.HISTOGRAM,
    "How long an attempt took, failed ones included.",
    (*_GEN_AI, "error_type"),
    _SECONDS,
)
FIRST_TOKEN_SECONDS = Metric(
    "gen_ai_server_time_to_first_token_seconds",
    Kind.HISTOGRAM,
    "From the beginning of a streamed attempt to its first token.",
    _GEN_AI,
    _FIRST_TOKEN,
)
PER_TOKEN_SECONDS = Metric(
    "gen_ai_server_time_per_output_token_seconds",
    Kind.HISTOGRAM,
    "Time per output token after the first one, of streamed attempts that completed.",
    _GEN_AI,
    _PER_TOKEN,
)
REQUESTS = Metric(
    "turnout_requests_total",
    Kind.COUNTER,
    "Requests by what their callers were told; 499 is who hung up.",
    ("operation", "route", "status"),
)
REQUEST_SECONDS = Metric(
    "turnout_request_duration_seconds",
    Kind.HISTOGRAM,
    "How long requests took, to the end of their answers.",
    ("operation", "route"),
    _SECONDS,
)
FIRST_BYTE_SECONDS = Metric(
    "turnout_request_first_byte_seconds",
    Kind.HISTOGRAM,
    "From the beginning of a request to the beginning of its answer.",
    ("operation", "route"),
    _SECONDS,
)
OVERHEAD_SECONDS = Metric(
    "turnout_overhead_seconds",
    Kind.HISTOGRAM,
    "Time before an answer began that was not spent on providers, queues included.",
    ("operation",),
    _OVERHEAD,
)
ATTEMPTS = Metric(
    "turnout_attempts_total", Kind.COUNTER, "Attempts by their end.",
    ("provider", "model", "outcome"),
)  # fmt: skip
FAILURES = Metric(
    "turnout_attempt_failures_total", Kind.COUNTER, "Failed attempts by the kind of failure.",
    ("provider", "model", "kind"),
)  # fmt: skip
FALLBACKS = Metric(
    "turnout_fallbacks_total",
    Kind.COUNTER,
    "Requests that were answered after an attempt at them had failed.",
    ("route",),
)
RESCUES = Metric(
    "turnout_rescues_total",
    Kind.COUNTER,
    "Streams that broke off and were gone on with by another attempt.",
    ("route",),
)
HEDGES = Metric(
    "turnout_hedges_total", Kind.COUNTER, "Requests with two attempts side by side.", ("route",)
)
CACHE = Metric(
    "turnout_cache_requests_total",
    Kind.COUNTER,
    "Answers by their part in the cache: hit, shared (single-flight), miss or bypass.",
    ("route", "status"),
)
COST = Metric(
    "turnout_cost_dollars_total", Kind.COUNTER, "What attempts cost, as far as prices are known.",
    ("provider", "model"),
)  # fmt: skip
UNPRICED = Metric(
    "turnout_unpriced_attempts_total", Kind.COUNTER, "Attempts whose cost is not known.",
    ("provider", "model"),
)  # fmt: skip
TRANSITIONS = Metric(
    "turnout_circuit_transitions_total", Kind.COUNTER, "Circuits moved, and cooldowns begun.",
    ("deployment", "moved"),
)  # fmt: skip
CIRCUIT_STATE = Metric(
    "turnout_circuit_state",
    Kind.GAUGE,
    "0 closed, 1 half open, 2 open; the worst of all workers.",
    ("deployment",),
    merge=Merge.MOST,
)
COOLDOWN = Metric(
    "turnout_cooldown_seconds",
    Kind.GAUGE,
    "How long a deployment is still left alone because its provider asked for it.",
    ("deployment",),
    merge=Merge.MOST,
)
IN_FLIGHT = Metric("turnout_in_flight_requests", Kind.GAUGE, "Requests under way.")
LOOP_LAG = Metric(
    "turnout_event_loop_lag_seconds",
    Kind.GAUGE,
    "The longest that a worker's event loop came late since its last report.",
    merge=Merge.MOST,
)
WORKERS = Metric("turnout_workers", Kind.GAUGE, "Processes that report, by plane.", ("plane",))
MEMORY = Metric(
    "turnout_resident_memory_bytes", Kind.GAUGE, "Resident memory of all processes.", ("plane",)
)
LEDGER_WAITING = Metric(
    "turnout_ledger_waiting_records", Kind.GAUGE, "Records that the store does not have yet."
)
LEDGER_LOST = Metric(
    "turnout_ledger_lost_records_total", Kind.COUNTER, "Records that came while the queue was full."
)
LEDGER_DEAD = Metric(
    "turnout_ledger_dead_letters_total", Kind.COUNTER, "Records that the store refused for good."
)
REVISION = Metric(
    "turnout_config_revision",
    Kind.GAUGE,
    "The oldest revision of the configuration that is in force anywhere.",
    ("plane",),
    merge=Merge.LEAST,
)
RELOADED = Metric(
    "turnout_config_last_reload_success_timestamp_seconds",
    Kind.GAUGE,
    "When the configuration file was last read and applied, or found good at the start.",
    merge=Merge.MOST,
)
RELOAD_GOOD = Metric(
    "turnout_config_last_reload_successful",
    Kind.GAUGE,
    "1 where the last try to read the configuration file went well.",
    merge=Merge.LEAST,
)
REJECTED = Metric(
    "turnout_config_rejected_resources",
    Kind.GAUGE,
    "Faults for which the last configuration was not taken over.",
    merge=Merge.MOST,
)
SPANS_DROPPED = Metric("turnout_spans_dropped_total", Kind.COUNTER, "Spans that no collector took.")
BUILD = Metric(
    "turnout_build_info", Kind.GAUGE, "1, for the version of the control plane.", ("version",),
    merge=Merge.MOST,
)  # fmt: skip

CATALOG = by_name([value for name, value in sorted(globals().items()) if isinstance(value, Metric)])
