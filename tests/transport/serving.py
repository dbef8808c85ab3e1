"""The process that the tests start: the real server with the sample's operations, settings from the environment."""

from provisioning.logs import configure_logs
from provisioning.settings import read_settings
from provisioning.wire.server import run
from tests.transport.sample import sample_application

if __name__ == "__main__":
    settings = read_settings()
    configure_logs(settings.log_level)
    run(sample_application(settings))
