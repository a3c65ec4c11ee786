"""Prints what openstacksdk comes to: the body of its login, and where it looks for Nova. Reads cases from stdin, one JSON
object a line: the environment and the working folder. Prints one JSON object a line."""
import importlib
import json
import os
import sys
import warnings

from keystoneauth1.identity import v3
from openstack.config import loader

warnings.simplefilter('ignore')


class Sent(Exception):
    pass


class Session:
    """Takes what a login would send."""

    def post(self, url, json=None, **kwargs):
        raise Sent({'url': url, 'body': json})


def login_of(plugin, auth_url):
    # the generic plugins ask Keystone for its versions first: here it has v3
    if not isinstance(plugin, v3.Auth):
        plugin = plugin.create_plugin(Session(), (3, 0), auth_url)
    try:
        plugin.get_auth_ref(Session())
    except Sent as sent:
        return sent.args[0]['body']


def values(environment, folder):
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    importlib.reload(loader)  # it looks at the environment and the folder when it is loaded
    region = loader.OpenStackConfig().get_one()
    auth_url = region.config['auth']['auth_url']
    verify, cert = region.get_requests_verify_args()
    return {
        'auth_url': auth_url,
        'login': login_of(region.get_auth(), auth_url),
        'region': region.get_region_name('compute') or None,
        'interface': region.get_interface('compute'),
        'override': region.get_endpoint('compute'),
        'ca': None if verify is True else verify,
        'cert': cert,
    }


for line in sys.stdin:
    case = json.loads(line)
    try:
        print(json.dumps(values(case['environment'], case['folder'])), flush=True)
    except Exception as error:
        print(json.dumps({'error': type(error).__name__}), flush=True)
