<?php
// An XML-RPC client in plain PHP: what a caller writes whose PHP has no extension for it.
declare(strict_types=1);
error_reporting(E_ALL);

function write_value(DOMElement $into, mixed $value): void
{
    $document = $into->ownerDocument;
    $typed = match (true) {
        is_int($value) => $document->createElement('int', (string) $value),
        is_bool($value) => $document->createElement('boolean', $value ? '1' : '0'),
        is_float($value) => $document->createElement('double', (string) $value),
        $value instanceof DateTimeInterface => $document->createElement(
            'dateTime.iso8601',
            DateTimeImmutable::createFromInterface($value)->setTimezone(new DateTimeZone('UTC'))->format('Ymd\TH:i:s')
        ),
        is_array($value) && array_is_list($value) => $document->createElement('array'),
        is_array($value) => $document->createElement('struct'),
        default => $document->createElement('string'),
    };
    $into->appendChild($typed);
    if (is_string($value)) {
        $typed->appendChild($document->createTextNode($value));
    } elseif (is_array($value) && array_is_list($value)) {
        $data = $typed->appendChild($document->createElement('data'));
        foreach ($value as $item) {
            write_value($data->appendChild($document->createElement('value')), $item);
        }
    } elseif (is_array($value)) {
        foreach ($value as $name => $item) {
            $member = $typed->appendChild($document->createElement('member'));
            $member->appendChild($document->createElement('name', (string) $name));
            write_value($member->appendChild($document->createElement('value')), $item);
        }
    }
}

function read_value(SimpleXMLElement $value): mixed
{
    foreach ($value->children() as $typed) {
        switch ($typed->getName()) {
            case 'i4':
            case 'int':
                return (int) $typed;
            case 'boolean':
                return (string) $typed === '1';
            case 'dateTime.iso8601':
                return new DateTimeImmutable((string) $typed, new DateTimeZone('UTC'));
            case 'base64':
                return base64_decode((string) $typed, true);
            case 'array':
                $items = [];
                foreach ($typed->data->value as $item) {
                    $items[] = read_value($item);
                }
                return $items;
            case 'struct':
                $members = [];
                foreach ($typed->member as $member) {
                    $members[(string) $member->name] = read_value($member->value);
                }
                return $members;
            default:
                return (string) $typed;
        }
    }
    return (string) $value;
}

final class Fault extends Exception
{
}

final class Service
{
    public function __construct(private string $address, private string $name, private string $secret)
    {
    }

    public function call(string $method, array ...$parameters): mixed
    {
        $document = new DOMDocument('1.0', 'UTF-8');
        $call = $document->appendChild($document->createElement('methodCall'));
        $call->appendChild($document->createElement('methodName', $method));
        $params = $call->appendChild($document->createElement('params'));
        foreach ($parameters as $parameter) {
            $param = $params->appendChild($document->createElement('param'));
            write_value($param->appendChild($document->createElement('value')), $parameter);
        }
        $answer = file_get_contents($this->address, false, stream_context_create(['http' => [
            'method' => 'POST',
            'header' => "Content-Type: text/xml; charset=utf-8\r\n"
                . 'Authorization: Basic ' . base64_encode("{$this->name}:{$this->secret}"),
            'content' => $document->saveXML(),
        ]]));
        $response = new SimpleXMLElement($answer);
        if (isset($response->fault)) {
            $fault = read_value($response->fault->value);
            throw new Fault($fault['faultString'], $fault['faultCode']);
        }
        return read_value($response->params->param->value);
    }
}

[, $address, $name, $secret, $companyId] = $argv;
$service = new Service($address, $name, $secret);
$person = [
    'firstName' => 'Sylvie',
    'lastName' => 'Tremblay 𝄞 <&>',
    'email' => 'sylvie.tremblay@example.com',
    'language' => 'fr',
    'expiresOn' => new DateTimeImmutable('2031-02-28T00:00:00Z'),
];
$made = $service->call('CreateUser', ['companyId' => $companyId, 'newUser' => $person]);
$user = $service->call('GetUser', ['userRef' => ['userId' => $made['user']['userId']]]);
try {
    $service->call('CreateUser', ['companyId' => $companyId, 'newUser' => ['email' => 'nonsense'] + $person]);
    $fault = null;
} catch (Fault $caught) {
    $fault = [$caught->getCode(), $caught->getMessage()];
}
echo json_encode([
    'email' => $user['email'],
    'name' => "{$user['firstName']} {$user['lastName']}",
    'created' => $user['createdAt']->format(DATE_ATOM),
    'expires' => $user['expiresOn']->format('Y-m-d'),
    'listed' => count($service->call('ListUsers', ['companyId' => $companyId])['user']),
    'fault' => $fault,
    'methods' => count($service->call('system.listMethods')),
], JSON_THROW_ON_ERROR);
