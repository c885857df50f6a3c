"""nginx twice: as the upstream that costs next to nothing, and as the proxy that is the limit."""

from pathlib import Path
from string import Template

from benchmarks import payloads
from benchmarks.certificates import Certificates

_SHELL = Template("""\
daemon off;
worker_processes 1;
pid $folder/nginx.pid;
error_log $folder/nginx-error.log;
events { worker_connections 8192; }
http {
    access_log off;
    keepalive_requests 1000000000;
    client_max_body_size 64m;
    client_body_buffer_size 1m;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    default_type application/json;
$content
}
""")

_ANSWERS = Template("""\
    server {
        listen 127.0.0.1:$port;
        listen 127.0.0.1:$tls_port ssl;
        ssl_certificate $certificate;
        ssl_certificate_key $key;
        location = /v1/chat/completions { return 200 '$openai'; }
        location = /v1/messages { return 200 '$anthropic'; }
        location = /v1/models { return 200 '$models'; }
        location / { return 200 '{}'; }
    }""")

_PROXY = Template("""\
    upstream provider {
        server 127.0.0.1:$upstream_port;
        keepalive 4096;
        keepalive_requests 1000000000;
    }
    server {
        listen 127.0.0.1:$port backlog=4096;
        location / {
            proxy_pass $scheme://provider;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            $tls
        }
    }""")


def answers_configuration(
    folder: Path, *, port: int, tls_port: int, certificates: Certificates
) -> str:
    """A server of fixed answers, in the clear and over TLS."""
    content = _ANSWERS.substitute(
        port=port,
        tls_port=tls_port,
        certificate=certificates.certificate,
        key=certificates.key,
        openai=payloads.openai_answer().decode(),
        anthropic=payloads.anthropic_answer().decode(),
        models=payloads.model_list().decode(),
    )
    return _SHELL.substitute(folder=folder, content=content)


def proxy_configuration(
    folder: Path, *, port: int, upstream_port: int, ca_file: Path | None
) -> str:
    """A reverse proxy with kept-alive upstream connections; over TLS where a CA is given."""
    tls = f"proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_trusted_certificate {ca_file};"
    content = _PROXY.substitute(
        port=port,
        upstream_port=upstream_port,
        scheme="https" if ca_file else "http",
        tls=tls if ca_file else "",
    )
    return _SHELL.substitute(folder=folder, content=content)
